//! A page's own record: what its visits found, when it is visited again, and for whom it is kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{FailureCode, Item, ItemStatus, Lease, Observation, PageUrl, PriceRanges, Product};
use crate::clock::Timestamp;

/// What the visits of a page found. It serves every item with that URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VisitedPage {
    /// The address as it was typed.
    #[serde(rename = "URL")]
    pub url: PageUrl,
    /// What the page says; where the last visit failed, what it said before, or what little a page says that sells nothing.
    #[serde(default)]
    pub product: Product,
    /// Why the last visit found nothing, or less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureCode>,
    /// When the last visit began that read a product. Rises with each, whatever the clock does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// The last observation of the price history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Observation>,
    /// The ends of all prices ever seen.
    #[serde(default, skip_serializing_if = "PriceRanges::is_empty")]
    pub prices: PriceRanges,
    /// Attempts since the last visit that failed and may succeed later, of all items with the URL.
    #[serde(default)]
    pub tries: u32,
    /// Before when it is not visited again: after a failed attempt, for every item with the URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When the last visit ended; absent before the first one has, and where the next one is to tell whoever watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visited_at: Option<Timestamp>,
    /// Who is visiting it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// When it is taken up without anybody asking; absent in records of older files until their next visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<Refresh>,
}

/// When a page is taken up without anybody asking: to be visited again, and to see whether anybody watches it still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Refresh {
    /// When the sweeper takes it up.
    pub due: Timestamp,
    /// From when on it is visited again; absent where that is left to the next look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_at: Option<Timestamp>,
    /// From when on it is looked whether anybody watches it.
    pub look_at: Timestamp,
    /// When it was first found that nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwatched_since: Option<Timestamp>,
    /// Visits in a row that failed.
    #[serde(default)]
    pub failures: u32,
}

impl Refresh {
    /// The schedule of a page that somebody watches at `now`.
    pub fn watched(now: Timestamp) -> Self {
        let look_at = now + VisitedPage::KEPT;
        Self { due: look_at, visit_at: None, look_at, unwatched_since: None, failures: 0 }
    }

    /// When the page is next to be taken up.
    pub fn next(&self) -> Timestamp {
        self.visit_at.map_or(self.look_at, |visit| visit.min(self.look_at))
    }
}

/// What one visit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What the page says.
    pub product: Product,
    /// Why that is nothing, or less.
    pub failure: Option<FailureCode>,
}

/// A page after a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The page.
    pub page: VisitedPage,
    /// What is new in its price history.
    pub seen: Option<Observation>,
    /// Whether it tells items something else than before.
    pub changed: bool,
}

impl VisitedPage {
    /// How long a visit answers for every item with the URL.
    pub const FRESH: Duration = Duration::from_mins(15);
    /// How long a page that nobody watches is kept, and how often it is looked whether anybody does.
    pub const KEPT: Duration = Duration::from_hours(24);
    /// The longest time between two visits of a page that fails for good, unless more is asked for all pages.
    const LONGEST: Duration = Duration::from_hours(7 * 24);

    /// A page that was never visited, and that somebody watches.
    pub fn unvisited(url: PageUrl, now: Timestamp) -> Self {
        Self {
            url,
            product: Product::default(),
            failure: None,
            read_at: None,
            seen: None,
            prices: PriceRanges::default(),
            tries: 0,
            not_before: None,
            visited_at: None,
            lease: None,
            refresh: Some(Refresh::watched(now)),
        }
    }

    /// Whether its facts may be used without another visit. A visit far in the future was made by a clock that went wrong.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.visited_at.is_some_and(|visited| now.since(visited).max(visited.since(now)) < Self::FRESH)
    }

    /// When a visit that is taken up at `now` begins: behind every earlier one, though a clock may have gone back.
    pub fn begin(&self, now: Timestamp) -> Timestamp {
        let behind = [self.read_at, self.seen.map(|seen| seen.seen_at)].into_iter().flatten().max();
        behind.map_or(now, |last| now.max(last + Duration::from_millis(1)))
    }

    /// The page after a visit that began at `began_at` and ended at `now`. A visit that failed leaves what was read before,
    /// and adds nothing to the history.
    #[must_use]
    pub fn settle(&self, found: Found, began_at: Timestamp, now: Timestamp) -> Settled {
        let Found { product, failure } = found;
        let mut page = Self {
            failure,
            tries: 0,
            not_before: None,
            visited_at: Some(now),
            lease: None,
            refresh: Some(self.refresh.unwrap_or_else(|| Refresh::watched(now))),
            ..self.clone()
        };
        let mut seen = None;
        if failure.is_none() {
            let observation =
                Observation { price: product.price, availability: product.availability, seen_at: began_at };
            let news = self.seen.map_or(!observation.says_nothing(), |last| !last.says_the_same(&observation));
            seen = news.then_some(observation);
            page.seen = seen.or(self.seen);
            if let Some(price) = observation.price.filter(|_| news) {
                page.prices.take(super::PricePoint { price, seen_at: began_at });
            }
            page.read_at = Some(began_at);
        }
        if failure.is_none() || self.read_at.is_none() {
            page.product = product;
        }
        if let Some(refresh) = &mut page.refresh {
            refresh.failures = if failure.is_some() { refresh.failures + 1 } else { 0 };
        }
        let changed = self.visited_at.is_none() || (&page.product, page.failure) != (&self.product, self.failure);
        Settled { page, seen, changed }
    }

    /// Plans the next visit `every` from `now`, up to a fifth earlier, so that pages added together do not come together for
    /// ever. After each failure in a row but the first the time is twice as long, up to seven days.
    pub fn plan(&mut self, every: Option<Duration>, now: Timestamp, jitter: impl FnOnce(Duration) -> Duration) {
        let refresh = self.refresh.get_or_insert_with(|| Refresh::watched(now));
        refresh.visit_at = every.map(|every| {
            let doubled = every.saturating_mul(1 << refresh.failures.saturating_sub(1).min(20));
            let interval = doubled.min(Self::LONGEST.max(every));
            now + interval.saturating_sub(jitter(interval / 5)).max(Self::FRESH)
        });
        self.put_in_order();
    }

    /// Marks the page as watched at `now`: the next look is a day away.
    pub fn watch(&mut self, now: Timestamp) {
        let failures = self.refresh.map_or(0, |refresh| refresh.failures);
        let visit_at = self.refresh.and_then(|refresh| refresh.visit_at);
        self.refresh = Some(Refresh { visit_at, failures, ..Refresh::watched(now) });
        self.put_in_order();
    }

    /// Makes the page due when it is next to be taken up, and not while it is leased or wants to be left alone.
    pub fn put_in_order(&mut self) {
        let (lease, not_before) = (self.lease.map(|lease| lease.until), self.not_before);
        if let Some(refresh) = &mut self.refresh {
            refresh.due = [lease, not_before].into_iter().flatten().fold(refresh.next(), Timestamp::max);
        }
    }

    /// Gives an item what the page tells. What was read before the item had its URL is kept from it, unless a visit confirmed
    /// it a quarter of an hour before at most.
    pub fn tell(&self, item: &mut Item, now: Timestamp) {
        let since = item.has_url_since();
        let may_know = self.read_at.is_none_or(|read| since.since(read) < Self::FRESH);
        let product = if may_know { self.product.clone() } else { Product::default() };
        item.fill(product, self.failure, self.visited_at.unwrap_or(now), now);
        let Some((seen, read_at)) = self.seen.zip(self.read_at).filter(|_| may_know) else { return };
        if seen.seen_at >= since {
            item.prices.take(&seen);
        } else {
            item.prices.open(&seen, read_at.max(since));
        }
    }

    /// As [`VisitedPage::tell`], for an item that did not ask: answers whether there is anything new in it. One that waits
    /// for a visit of its own is left to that, and one that would only have been checked later stays as it is.
    pub fn tell_news(&self, item: &mut Item, now: Timestamp) -> bool {
        if item.status == ItemStatus::Pending {
            return false;
        }
        let mut told = item.clone();
        self.tell(&mut told, now);
        let (checked_at, updated_at, version) = (item.checked_at, item.updated_at, item.version);
        let news = Item { checked_at, updated_at, version, ..told.clone() } != *item;
        if news {
            *item = told;
        }
        news
    }
}
