//! From a pending item to a filled one: leases, the page's record, the outcome. `docs/architecture.md` draws the steps.
//!
//! The process may die at any `await`: what it held lapses, and the sweeper sends another message.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::Result;
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::{ItemId, LeaseId, WishlistId};
use wishlist_core::model::{FailureCode, Item, Lease, PageUrl, Product, Visit, VisitedPage};
use wishlist_core::operations::{Decision, Engine};
use wishlist_core::table::keys::{self, PageDigest};
use wishlist_core::table::{Stored, Transaction};

use crate::ending::{Cause, Ending, filled};
use crate::lanes::{Entry, Politeness};
use crate::scrape::Scrape;

/// After this an item's first fill ends, whatever happens.
const GIVEN_UP: Duration = Duration::from_hours(6);

/// How soon an item asks again whose page another worker is visiting: a visit takes seconds.
const ANOTHER_AT_IT: Duration = Duration::from_secs(3);

/// Visits the pages of items.
#[derive(Clone, Debug)]
pub struct Visitor {
    engine: Engine,
    scraper: Arc<dyn Scrape>,
    politeness: Politeness,
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
}

/// What a worker holds while it is at an item.
struct Held {
    lease: LeaseId,
    list: WishlistId,
    item: ItemId,
    url: PageUrl,
}

enum Taken {
    Held(Held),
    Settled(Visited),
}

impl Visitor {
    /// A visitor of the engine's items.
    pub fn new(engine: Engine, scraper: Arc<dyn Scrape>, politeness: Politeness) -> Self {
        Self { engine, scraper, politeness }
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
        let entry = match self.politeness.enter(&self.engine, &held.url, held.lease).await {
            Ok(Entry::Wait(pause)) => return self.give_back(&held, Cause::NotAsked(pause)).await,
            Ok(entry) => entry,
            Err(error) => {
                // Nobody is at the page; without this its items would wait for the lease to lapse.
                drop(self.give_back(&held, Cause::NotAsked(ANOTHER_AT_IT)).await);
                return Err(error);
            }
        };
        let outcome = self.scraper.scrape(&held.url).await;
        // A lane that could not be left lapses by itself; the outcome is worth more.
        drop(self.politeness.leave(&self.engine, &held.url, &entry, held.lease).await);
        self.give_back(&held, Cause::Asked(outcome)).await
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
        if visit.lease.is_some_and(|lease| lease.until > now) || visit.not_before.is_some_and(|moment| moment > now) {
            return nothing();
        }
        let mut transaction = Transaction::new(self.engine.ids());
        if now.since(visit.since) >= GIVEN_UP {
            let code = FailureCode::Unreachable;
            transaction.replace(item.revision, &filled(&item.value, Product::default(), Some(code), now, now))?;
            return Ok(Decision::Commit(transaction, (Taken::Settled(Visited::Failed(code)), None)));
        }
        let page = self.page(&url).await?;
        if let Some((product, failure, visited_at)) = page.as_ref().and_then(|page| fresh(&page.value, now)) {
            transaction.replace(item.revision, &filled(&item.value, product, failure, visited_at, now))?;
            let visited = failure.map_or(Visited::Ready, Visited::Failed);
            return Ok(Decision::Commit(transaction, (Taken::Settled(visited), None)));
        }
        if let Some((later, pause)) = page.as_ref().and_then(|page| busy(&page.value, now)) {
            let waiting = Item { visit: Some(Visit { due: later, ..visit }), ..item.value };
            transaction.replace(item.revision, &waiting)?;
            return Ok(Decision::Commit(transaction, (Taken::Settled(Visited::Waiting), Some((waiting, pause)))));
        }
        let lease = Lease::new(lease_id, now);
        let visit = Visit { due: lease.until, lease: Some(lease), ..visit };
        transaction.replace(item.revision, &Item { visit: Some(visit), ..item.value })?;
        let leased = page.as_ref().map_or_else(|| VisitedPage::unvisited(url.clone(), now), |page| page.value.clone());
        transaction.upsert(page.as_ref(), &VisitedPage { lease: Some(lease), ..leased })?;
        Ok(Decision::Commit(transaction, (Taken::Held(Held { lease: lease_id, list, item: id, url }), None)))
    }

    /// Ends the leases by one commit that changes item and page, each if it is still held. An item that is to be visited
    /// again is due behind its pause, and a message for then is sent.
    async fn give_back(&self, held: &Held, cause: Cause) -> Result<Visited> {
        let (item, ending) = self.engine.decide(|| self.decide_ending(held, &cause)).await?;
        let Some(item) = item else { return Ok(Visited::Superseded) };
        if item.visit.is_some() {
            self.engine.hint_visit(&item, ending.pause()).await;
        }
        Ok(ending.visited())
    }

    async fn decide_ending(&self, held: &Held, cause: &Cause) -> Result<Decision<(Option<Item>, Ending)>> {
        let now = self.engine.clock().now();
        let (item, page) = tokio::join!(self.item(held.list, held.item), self.page(&held.url));
        let item =
            item?.and_then(|item| Some((item.value.visit.filter(|visit| holds(held, &item.value, visit))?, item)));
        let page = page?.filter(|page| page.value.lease.is_some_and(|lease| lease.id == held.lease));
        let tries_of_item = item.as_ref().map_or(0, |(visit, _)| visit.tries);
        let tries = page.as_ref().map_or(0, |page| page.value.tries).max(tries_of_item);
        let ending = Ending::of(cause, tries, |bound| self.engine.jitter(bound));
        let mut transaction = Transaction::new(self.engine.ids());
        if let Some(page) = &page {
            transaction.replace(page.revision, &ending.page(&page.value, now))?;
        }
        let changed = item.as_ref().map(|(visit, item)| (item.revision, ending.item(&item.value, *visit, now)));
        if let Some((revision, changed)) = &changed {
            transaction.replace(*revision, changed)?;
        }
        let answer = (changed.map(|(_, item)| item), ending);
        let nothing_held = page.is_none() && answer.0.is_none();
        Ok(if nothing_held { Decision::Done(answer) } else { Decision::Commit(transaction, answer) })
    }

    async fn item(&self, list: WishlistId, id: ItemId) -> Result<Option<Stored<Item>>> {
        Stored::find(self.engine.table(), keys::item(list, id)).await
    }

    async fn page(&self, url: &PageUrl) -> Result<Option<Stored<VisitedPage>>> {
        Stored::find(self.engine.table(), keys::page(&PageDigest::from(url))).await
    }
}

fn holds(held: &Held, item: &Item, visit: &Visit) -> bool {
    item.url.as_ref() == Some(&held.url) && visit.lease.is_some_and(|lease| lease.id == held.lease)
}

/// Until when the page is not to be visited, and when to ask again: another worker is at it, or it asked to be left alone.
fn busy(page: &VisitedPage, now: Timestamp) -> Option<(Timestamp, Duration)> {
    if let Some(lease) = page.lease.filter(|lease| lease.until > now) {
        return Some((lease.until, ANOTHER_AT_IT));
    }
    page.not_before.filter(|moment| *moment > now).map(|moment| (moment, moment.since(now)))
}

fn fresh(page: &VisitedPage, now: Timestamp) -> Option<(Product, Option<FailureCode>, Timestamp)> {
    let visited_at = page.visited_at.filter(|_| page.is_fresh(now))?;
    Some((page.product.clone(), page.failure, visited_at))
}
