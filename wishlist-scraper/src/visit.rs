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

use crate::lanes::{Entry, Politeness};
use crate::scrape::{Outcome, Scrape};

/// Attempts before a page that may go better later is given up.
const TRIES: u32 = 5;

/// The bound of the first pause between attempts; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// The longest that a host's `Retry-After` is honoured.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

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
        let entry = self.politeness.enter(&self.engine, &held.url, held.lease).await?;
        if let Entry::Wait(pause) = entry {
            return self.step_aside(&held, pause).await;
        }
        let outcome = self.scraper.scrape(&held.url).await;
        // A lane that could not be left lapses by itself; the outcome is worth more.
        drop(self.politeness.leave(&self.engine, &held.url, &entry, held.lease).await);
        self.settle(&held, outcome).await
    }

    /// Takes the leases of item and page, or says why there is no need.
    async fn take(&self, list: WishlistId, id: ItemId) -> Result<Taken> {
        let lease_id = self.engine.ids().mint();
        let (taken, again) = self.engine.decide(|| self.decide_lease(list, id, lease_id)).await?;
        if let Some(item) = again {
            self.engine.hint_visit(&item, ANOTHER_AT_IT).await;
        }
        Ok(taken)
    }

    async fn decide_lease(
        &self,
        list: WishlistId,
        id: ItemId,
        lease_id: LeaseId,
    ) -> Result<Decision<(Taken, Option<Item>)>> {
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
        let other = page.as_ref().and_then(|page| page.value.lease).filter(|lease| lease.until > now);
        if let Some(other) = other {
            let waiting = Item { visit: Some(Visit { due: other.until, ..visit }), ..item.value };
            transaction.replace(item.revision, &waiting)?;
            return Ok(Decision::Commit(transaction, (Taken::Settled(Visited::Waiting), Some(waiting))));
        }
        let lease = Lease::new(lease_id, now);
        let visit = Visit { due: lease.until, lease: Some(lease), ..visit };
        transaction.replace(item.revision, &Item { visit: Some(visit), ..item.value })?;
        let leased = page.as_ref().map_or_else(|| VisitedPage::unvisited(url.clone(), now), |page| page.value.clone());
        transaction.upsert(page.as_ref(), &VisitedPage { lease: Some(lease), ..leased })?;
        Ok(Decision::Commit(transaction, (Taken::Held(Held { lease: lease_id, list, item: id, url }), None)))
    }

    /// Gives the leases back until a lane is free: no try, and no part of the item's six hours.
    async fn step_aside(&self, held: &Held, pause: Duration) -> Result<Visited> {
        let put_off = |visit: Visit, now| {
            let later = now + pause;
            Visit { due: later, not_before: Some(later), since: visit.since + pause, lease: None, ..visit }
        };
        let change = |item: &Item, visit, now| Item { visit: Some(put_off(visit, now)), ..item.clone() };
        self.give_back(held, Visited::Waiting, pause, change, |page, _| VisitedPage { lease: None, ..page.clone() })
            .await
    }

    /// Commits the outcome, for the item if the lease and the URL still hold, and for the page if its lease does.
    async fn settle(&self, held: &Held, outcome: Outcome) -> Result<Visited> {
        let (product, failure) = match outcome {
            Outcome::Facts(product) => (*product, None),
            Outcome::Failed(code, product) => (*product, Some(code)),
            Outcome::Retry(code, after) => return self.retry_or_give_up(held, code, after).await,
        };
        let visited = failure.map_or(Visited::Ready, Visited::Failed);
        let fill = |item: &Item, _, now| filled(item, product.clone(), failure, now, now);
        let keep = |page: &VisitedPage, now| seen(page, product.clone(), failure, now);
        self.give_back(held, visited, Duration::ZERO, fill, keep).await
    }

    async fn retry_or_give_up(&self, held: &Held, code: FailureCode, after: Option<Duration>) -> Result<Visited> {
        let tries =
            self.item(held.list, held.item).await?.and_then(|item| item.value.visit).map_or(0, |visit| visit.tries) + 1;
        if tries >= TRIES {
            let fail = |item: &Item, _, now| filled(item, Product::default(), Some(code), now, now);
            let keep = |page: &VisitedPage, now| seen(page, Product::default(), Some(code), now);
            return self.give_back(held, Visited::Failed(code), Duration::ZERO, fail, keep).await;
        }
        let jitter = self.engine.jitter(FIRST_PAUSE * 2u32.pow(tries - 1));
        let pause = after.map_or(jitter, |after| after.min(LONGEST_PAUSE) + jitter);
        let put_off = |item: &Item, visit: Visit, now: Timestamp| {
            let later = now + pause;
            Item {
                visit: Some(Visit { due: later, not_before: Some(later), tries, lease: None, ..visit }),
                ..item.clone()
            }
        };
        let release = |page: &VisitedPage, _| VisitedPage { lease: None, ..page.clone() };
        self.give_back(held, Visited::Again(code), pause, put_off, release).await
    }

    /// Ends the leases by one commit that changes item and page, each if it is still held. With a pause the item is due
    /// again behind it, and a message for then is sent.
    async fn give_back(
        &self,
        held: &Held,
        visited: Visited,
        pause: Duration,
        change_item: impl Fn(&Item, Visit, Timestamp) -> Item,
        change_page: impl Fn(&VisitedPage, Timestamp) -> VisitedPage,
    ) -> Result<Visited> {
        let (item, visited) = self
            .engine
            .decide(|| async {
                let now = self.engine.clock().now();
                let (item, page) = tokio::join!(self.item(held.list, held.item), self.page(&held.url));
                let mut transaction = Transaction::new(self.engine.ids());
                let page = page?.filter(|page| page.value.lease.is_some_and(|lease| lease.id == held.lease));
                if let Some(page) = &page {
                    transaction.replace(page.revision, &change_page(&page.value, now))?;
                }
                let item = item?
                    .and_then(|item| Some((item.value.visit.filter(|visit| holds(held, &item.value, visit))?, item)));
                let changed = match &item {
                    Some((visit, item)) => {
                        let changed = change_item(&item.value, *visit, now);
                        transaction.replace(item.revision, &changed)?;
                        Some(changed)
                    }
                    None => None,
                };
                let answer = (changed, if item.is_some() { visited } else { Visited::Superseded });
                Ok(if item.is_none() && page.is_none() {
                    Decision::Done(answer)
                } else {
                    Decision::Commit(transaction, answer)
                })
            })
            .await?;
        if let Some(item) = item.filter(|item| item.visit.is_some()) {
            self.engine.hint_visit(&item, pause).await;
        }
        Ok(visited)
    }

    async fn item(&self, list: WishlistId, id: ItemId) -> Result<Option<Stored<Item>>> {
        let record = self.engine.table().get(&[keys::item(list, id)]).await?.pop().flatten();
        Stored::read_option(record.as_ref())
    }

    async fn page(&self, url: &PageUrl) -> Result<Option<Stored<VisitedPage>>> {
        let record = self.engine.table().get(&[keys::page(&PageDigest::from(url))]).await?.pop().flatten();
        Stored::read_option(record.as_ref())
    }
}

fn holds(held: &Held, item: &Item, visit: &Visit) -> bool {
    item.url.as_ref() == Some(&held.url) && visit.lease.is_some_and(|lease| lease.id == held.lease)
}

fn fresh(page: &VisitedPage, now: Timestamp) -> Option<(Product, Option<FailureCode>, Timestamp)> {
    let visited_at = page.visited_at.filter(|_| page.is_fresh(now))?;
    Some((page.product.clone(), page.failure, visited_at))
}

fn filled(item: &Item, product: Product, failure: Option<FailureCode>, visited_at: Timestamp, now: Timestamp) -> Item {
    let mut item = item.clone();
    item.fill(product, failure, visited_at, now);
    item
}

fn seen(page: &VisitedPage, product: Product, failure: Option<FailureCode>, now: Timestamp) -> VisitedPage {
    let (visited_at, expires_at) = (Some(now), now + VisitedPage::KEPT);
    VisitedPage { url: page.url.clone(), product, failure, visited_at, lease: None, expires_at }
}
