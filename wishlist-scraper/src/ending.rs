//! What an outcome makes of an item and of its page. Pure: the leases are `visit`'s to check.

use std::time::Duration;

use wishlist_core::clock::Timestamp;
use wishlist_core::model::{FailureCode, Item, Product, Visit, VisitedPage};

use crate::scrape::Outcome;
use crate::visit::Visited;

/// Attempts before a page that may go better later is given up.
const TRIES: u32 = 5;

/// The bound of the first pause between attempts; it doubles with each: a shop that is down for some minutes is waited for.
const FIRST_PAUSE: Duration = Duration::from_secs(30);

/// The longest that a host's `Retry-After` is honoured.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Why a visit ends.
pub(crate) enum Cause {
    /// The page was asked.
    Asked(Outcome),
    /// It was not, and may be after this time.
    NotAsked(Duration),
}

/// How a visit ends.
pub(crate) enum Ending {
    /// With what the page says, or that it says nothing.
    Settled(Box<Product>, Option<FailureCode>),
    /// With another attempt, the `tries`th failed one behind it.
    Again { code: FailureCode, tries: u32, pause: Duration },
    /// Before it began: no try, and no part of the item's six hours.
    Aside(Duration),
}

impl Ending {
    /// The ending after `tries` failed attempts.
    pub(crate) fn of(cause: &Cause, tries: u32, jitter: impl FnOnce(Duration) -> Duration) -> Self {
        match cause {
            Cause::NotAsked(pause) => Self::Aside(*pause),
            Cause::Asked(Outcome::Facts(product)) => Self::Settled(product.clone(), None),
            Cause::Asked(Outcome::Failed(code, product)) => Self::Settled(product.clone(), Some(*code)),
            Cause::Asked(Outcome::Retry(code, _)) if tries + 1 >= TRIES => Self::Settled(Box::default(), Some(*code)),
            Cause::Asked(Outcome::Retry(code, after)) => {
                let jitter = jitter(FIRST_PAUSE * 2u32.pow(tries));
                let pause = after.map_or(jitter, |after| after.min(LONGEST_PAUSE) + jitter);
                Self::Again { code: *code, tries: tries + 1, pause }
            }
        }
    }

    /// The item after the visit.
    pub(crate) fn item(&self, item: &Item, visit: Visit, now: Timestamp) -> Item {
        let put_off = |visit: Visit, pause: Duration| {
            let later = now + pause;
            Item { visit: Some(Visit { due: later, not_before: Some(later), lease: None, ..visit }), ..item.clone() }
        };
        match self {
            Self::Settled(product, failure) => filled(item, product.as_ref().clone(), *failure, now, now),
            Self::Again { tries, pause, .. } => put_off(Visit { tries: *tries, ..visit }, *pause),
            Self::Aside(pause) => put_off(Visit { since: visit.since + *pause, ..visit }, *pause),
        }
    }

    /// The page after the visit.
    pub(crate) fn page(&self, page: &VisitedPage, now: Timestamp) -> VisitedPage {
        let page = VisitedPage { lease: None, ..page.clone() };
        match self {
            Self::Settled(product, failure) => VisitedPage {
                product: product.as_ref().clone(),
                failure: *failure,
                visited_at: Some(now),
                expires_at: now + VisitedPage::KEPT,
                ..VisitedPage::unvisited(page.url, now)
            },
            Self::Again { tries, pause, .. } => VisitedPage { tries: *tries, not_before: Some(now + *pause), ..page },
            Self::Aside(_) => page,
        }
    }

    /// How long until the item is to be visited again.
    pub(crate) fn pause(&self) -> Duration {
        match self {
            Self::Settled(..) => Duration::ZERO,
            Self::Again { pause, .. } | Self::Aside(pause) => *pause,
        }
    }

    /// What became of the message.
    pub(crate) fn visited(&self) -> Visited {
        match self {
            Self::Settled(_, None) => Visited::Ready,
            Self::Settled(_, Some(code)) => Visited::Failed(*code),
            Self::Again { code, .. } => Visited::Again(*code),
            Self::Aside(_) => Visited::Waiting,
        }
    }
}

/// The item with what its page says.
pub(crate) fn filled(
    item: &Item,
    product: Product,
    failure: Option<FailureCode>,
    visited_at: Timestamp,
    now: Timestamp,
) -> Item {
    let mut item = item.clone();
    item.fill(product, failure, visited_at, now);
    item
}
