//! From a pending item to a filled one: leases, the page's record, the outcome. `docs/architecture.md` draws the steps.
//!
//! The process may die at any `await`: what it held lapses, and the sweeper sends another message.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::clock::Timestamp;
use wishlist_core::ids::{ItemId, JobId, LeaseId, WishlistId};
use wishlist_core::model::{FailureCode, Item, Lease, PageUrl, Product, Settled, Visit, VisitedPage};
use wishlist_core::operations::{Decision, Engine, Told};
use wishlist_core::table::keys::{self, PageDigest};
use wishlist_core::table::{Stored, Transaction};
use wishlist_core::{Error, Result};

use crate::ending::{Cause, Ending};
use crate::lanes::{Entry, Politeness};
use crate::scrape::Scrape;

/// How often a page that somebody watches is visited, unless said otherwise.
const REFRESH_EVERY: Duration = Duration::from_hours(24);

/// How soon an item asks again whose page another worker is visiting: a visit takes seconds.
const ANOTHER_AT_IT: Duration = Duration::from_secs(3);

/// Longer than any pause between two attempts: the hour at most that a host asks for, and the jitter upon it.
const LONGEST_PAUSE: Duration = Duration::from_hours(2);

/// Visits the pages of items.
#[derive(Clone, Debug)]
pub struct Visitor {
    engine: Engine,
    scraper: Arc<dyn Scrape>,
    politeness: Politeness,
    refresh_every: Option<Duration>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visited {
    /// There was nothing to do: the item is gone or filled, somebody is at it, or the message is too early.
    Nothing,
    /// The item is ready.
    Ready,
    /// The item has failed, with this reason.
    Failed(FailureCode),
    /// The visit is to be tried again.
    Again(FailureCode),
    /// The host has no lane free, or another worker is at the page: no try was spent.
    Waiting,
    /// The item changed meanwhile; what was found is kept with the page only.
    Superseded,
    /// Nobody watches the page any more, and it is gone.
    Removed,
}

/// What a worker holds while it is at an item.
struct Held {
    lease: LeaseId,
    list: WishlistId,
    item: ItemId,
    url: PageUrl,
    began_at: Timestamp,
}

enum Taken {
    Held(Held),
    Settled(Visited),
}

impl Visitor {
    /// A visitor of the engine's items.
    pub fn new(engine: Engine, scraper: Arc<dyn Scrape>, politeness: Politeness) -> Self {
        Self { engine, scraper, politeness, refresh_every: Some(REFRESH_EVERY) }
    }

    /// The same visitor with another time between two visits of a page that somebody watches; `None` visits none but those
    /// that are asked for.
    #[must_use]
    pub fn with_refresh_every(mut self, every: Option<Duration>) -> Self {
        self.refresh_every = every;
        self
    }

    /// How often a page that somebody watches is visited.
    pub(crate) fn refresh_every(&self) -> Option<Duration> {
        self.refresh_every
    }

    /// The engine whose items are visited.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Does what there is to do for an item. Any message may be wrong, late or double: only the item's record counts.
    ///
    /// # Errors
    /// Those of the table; the item stays due.
    pub async fn visit(&self, list: WishlistId, item: ItemId) -> Result<Visited> {
        let held = match self.take(list, item).await? {
            Taken::Held(held) => held,
            Taken::Settled(visited) => return Ok(visited),
        };
        let (cause, fault) = self.ask(&held.url, held.lease).await;
        let given_back = self.give_back(&held, cause).await;
        fault.map_or(given_back, Err)
    }

    /// Asks the page in a lane of its host. A fault comes with a cause to give the leases back by: nobody is at the page, and
    /// without that its items would wait for the lease to lapse.
    pub(crate) async fn ask(&self, url: &PageUrl, lease: LeaseId) -> (Cause, Option<Error>) {
        let entry = match self.politeness.enter(&self.engine, url, lease).await {
            Ok(Entry::Wait(pause)) => return (Cause::NotAsked(pause), None),
            Ok(entry) => entry,
            Err(error) => return (Cause::NotAsked(ANOTHER_AT_IT), Some(error)),
        };
        let outcome = self.scraper.scrape(url).await.outcome;
        // A lane that could not be left lapses by itself; the outcome is worth more.
        drop(self.politeness.leave(&self.engine, url, &entry, lease).await);
        (Cause::Asked(outcome), None)
    }

    /// The page after a visit, with the next one planned.
    pub(crate) fn page_after(
        &self,
        page: &VisitedPage,
        ending: &Ending,
        began_at: Timestamp,
        now: Timestamp,
    ) -> Settled {
        let mut settled = ending.page(page, began_at, now);
        match ending {
            Ending::Settled(_) => settled.page.plan(self.refresh_every, now, |bound| self.engine.jitter(bound)),
            Ending::Again { .. } | Ending::Aside(_) => settled.page.put_in_order(),
        }
        settled
    }

    /// Takes the leases of item and page, or says why there is no need.
    async fn take(&self, list: WishlistId, id: ItemId) -> Result<Taken> {
        let lease_id = self.engine.ids().mint();
        let (taken, again) = self.engine.decide(|| self.decide_lease(list, id, lease_id)).await?;
        if let Some((item, pause)) = again {
            self.engine.hint_visit(&item, pause).await;
        }
        Ok(taken)
    }

    async fn decide_lease(
        &self,
        list: WishlistId,
        id: ItemId,
        lease_id: LeaseId,
    ) -> Result<Decision<(Taken, Option<(Item, Duration)>)>> {
        let nothing = || Ok(Decision::Done((Taken::Settled(Visited::Nothing), None)));
        let now = self.engine.clock().now();
        let Some(item) = self.item(list, id).await? else { return nothing() };
        let (Some(url), Some(visit)) = (item.value.url.clone(), item.value.visit) else { return nothing() };
        if Engine::is_held(visit.lease, now) || is_paused(visit.not_before, now) {
            return nothing();
        }
        let mut transaction = Transaction::new(self.engine.ids());
        let page = self.engine.find_page(&PageDigest::from(&url)).await?;
        if let Some(fresh) = page.as_ref().filter(|page| page.value.is_fresh(now)) {
            let visited = self.take_fresh(&mut transaction, item, fresh, now)?;
            return Ok(Decision::Commit(transaction, (Taken::Settled(visited), None)));
        }
        if visit.is_given_up(now) {
            let (code, mut failed) = (FailureCode::Unreachable, item.value);
            failed.fill(Product::default(), Some(code), now, now);
            transaction.replace(item.revision, &failed)?;
            transaction.upsert(page.as_ref(), &self.page_of_given_up(url, page.as_ref(), now))?;
            return Ok(Decision::Commit(transaction, (Taken::Settled(Visited::Failed(code)), None)));
        }
        if let Some((later, pause)) = page.as_ref().and_then(|page| busy(&page.value, now)) {
            let waiting = Item { visit: Some(Visit { due: later, ..visit }), ..item.value };
            transaction.replace(item.revision, &waiting)?;
            return Ok(Decision::Commit(transaction, (Taken::Settled(Visited::Waiting), Some((waiting, pause)))));
        }
        let lease = Lease::new(lease_id, now);
        let mut leased =
            page.as_ref().map_or_else(|| VisitedPage::unvisited(url.clone(), now), |page| page.value.clone());
        // Behind the item's own beginning as well: what a visit of its own finds is never from before it.
        let began_at = leased.begin(now).max(item.value.has_url_since());
        (leased.lease, leased.not_before) = (Some(lease), None);
        leased.watch(now);
        transaction.upsert(page.as_ref(), &leased)?;
        let visit = Visit { due: lease.until, lease: Some(lease), ..visit };
        transaction.replace(item.revision, &Item { visit: Some(visit), ..item.value })?;
        Ok(Decision::Commit(transaction, (Taken::Held(Held { lease: lease_id, list, item: id, url, began_at }), None)))
    }

    /// The page of an item that is given up: due for a visit, which tells the item what it finds, though it were what the
    /// page told before.
    fn page_of_given_up(&self, url: PageUrl, page: Option<&Stored<VisitedPage>>, now: Timestamp) -> VisitedPage {
        let mut page = page.map_or_else(|| VisitedPage::unvisited(url, now), |page| page.value.clone());
        page.visited_at = None;
        page.watch(now);
        if let Some(refresh) = &mut page.refresh {
            refresh.visit_at = self.refresh_every.map(|_| now);
        }
        page.put_in_order();
        page
    }

    /// Fills an item from a page that was visited just now. Where the page was about to be given up, it is watched again.
    fn take_fresh(
        &self,
        transaction: &mut Transaction,
        item: Stored<Item>,
        page: &Stored<VisitedPage>,
        now: Timestamp,
    ) -> Result<Visited> {
        let mut filled = item.value;
        page.value.tell(&mut filled, now);
        transaction.replace(item.revision, &filled)?;
        if page.value.refresh.is_none_or(|refresh| refresh.unwatched_since.is_some()) {
            let mut watched = page.value.clone();
            watched.watch(now);
            watched.plan(self.refresh_every, now, |bound| self.engine.jitter(bound));
            transaction.replace(page.revision, &watched)?;
        }
        Ok(page.value.failure.map_or(Visited::Ready, Visited::Failed))
    }

    /// Ends the leases by one commit that changes item and page, each if it is still held. An item that is to be visited
    /// again is due behind its pause, and a message for then is sent.
    async fn give_back(&self, held: &Held, cause: Cause) -> Result<Visited> {
        let (item, ending, job) = self.engine.decide(|| self.decide_ending(held, &cause)).await?;
        if let Some(job) = job {
            self.engine.hint_job(job).await;
        }
        let Some(item) = item else { return Ok(Visited::Superseded) };
        if item.visit.is_some() {
            self.engine.hint_visit(&item, ending.pause()).await;
        }
        Ok(ending.visited())
    }

    async fn decide_ending(
        &self,
        held: &Held,
        cause: &Cause,
    ) -> Result<Decision<(Option<Item>, Ending, Option<JobId>)>> {
        let now = self.engine.clock().now();
        let digest = PageDigest::from(&held.url);
        let (item, page, watchers) = tokio::join!(
            self.item(held.list, held.item),
            self.engine.find_page(&digest),
            self.engine.count_watchers(&digest, 2),
        );
        let item =
            item?.and_then(|item| Some((item.value.visit.filter(|visit| holds(held, &item.value, visit))?, item)));
        let page = page?.filter(|page| page.value.lease.is_some_and(|lease| lease.id == held.lease));
        let tries_of_item = item.as_ref().map_or(0, |(visit, _)| visit.tries);
        let tries = page.as_ref().map_or(0, |page| page.value.tries).max(tries_of_item);
        let ending = match cause {
            // Another worker took the page meanwhile. What it finds is newer, and it may have told it already: told behind that, this would
            // put an older visit on the item, which soon hears of the newer one by its next message.
            Cause::Asked(_) if page.is_none() => Ending::Aside(ANOTHER_AT_IT),
            _ => Ending::of(cause, tries, |bound| self.engine.jitter(bound)),
        };
        if page.is_none() && item.is_none() {
            return Ok(Decision::Done((None, ending, None)));
        }
        let mut transaction = Transaction::new(self.engine.ids());
        let settled = page.map(|page| (page.revision, self.page_after(&page.value, &ending, held.began_at, now)));
        let mut job = None;
        if let Some((revision, settled)) = &settled {
            let others = watchers? > usize::from(item.is_some());
            let told = if others { Told::Watchers } else { Told::Nobody };
            job = self.engine.keep_visit(&mut transaction, *revision, settled, told)?;
        }
        let page = settled.as_ref().map(|(_, settled)| &settled.page);
        let changed = item.map(|(visit, item)| (item.revision, ending.item(&item.value, visit, page, now)));
        if let Some((revision, changed)) = &changed {
            transaction.replace(*revision, changed)?;
        }
        Ok(Decision::Commit(transaction, (changed.map(|(_, item)| item), ending, job)))
    }

    async fn item(&self, list: WishlistId, id: ItemId) -> Result<Option<Stored<Item>>> {
        Stored::find(self.engine.table(), keys::item(list, id)).await
    }
}

fn holds(held: &Held, item: &Item, visit: &Visit) -> bool {
    item.url.as_ref() == Some(&held.url) && visit.lease.is_some_and(|lease| lease.id == held.lease)
}

/// Until when the page is not to be visited, and when to ask again: another worker is at it, or it asked to be left alone.
fn busy(page: &VisitedPage, now: Timestamp) -> Option<(Timestamp, Duration)> {
    if let Some(lease) = page.lease.filter(|lease| Engine::is_held(Some(*lease), now)) {
        return Some((lease.until, ANOTHER_AT_IT));
    }
    page.not_before.filter(|moment| is_paused(Some(*moment), now)).map(|moment| (moment, moment.since(now)))
}

/// Whether a page is to be left alone.
pub(crate) fn is_paused(not_before: Option<Timestamp>, now: Timestamp) -> bool {
    not_before.is_some_and(|moment| Engine::is_to_come(moment, LONGEST_PAUSE, now))
}
