//! What an outcome makes of an item and of its page. Pure: the leases are `visit`'s to check.

use std::time::Duration;

use wishlist_core::clock::Timestamp;
use wishlist_core::model::{FailureCode, Found, Item, Product, Settled, Visit, VisitedPage};

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
    Settled(Box<Found>),
    /// With another attempt, the `tries`th failed one behind it.
    Again { code: FailureCode, tries: u32, pause: Duration },
    /// Before it began: no try, and no part of the item's six hours.
    Aside(Duration),
}

impl Ending {
    /// The ending after `tries` failed attempts.
    pub(crate) fn of(cause: &Cause, tries: u32, jitter: impl FnOnce(Duration) -> Duration) -> Self {
        let settled = |product: &Product, failure| Self::Settled(Box::new(Found { product: product.clone(), failure }));
        match cause {
            Cause::NotAsked(pause) => Self::Aside(*pause),
            Cause::Asked(Outcome::Facts(product)) => settled(product, None),
            Cause::Asked(Outcome::Failed(code, product)) => settled(product, Some(*code)),
            Cause::Asked(Outcome::Retry(code, _)) if tries + 1 >= TRIES => settled(&Product::default(), Some(*code)),
            Cause::Asked(Outcome::Retry(code, after)) => {
                let jitter = jitter(FIRST_PAUSE * 2u32.pow(tries));
                let pause = after.map_or(jitter, |after| after.min(LONGEST_PAUSE) + jitter);
                Self::Again { code: *code, tries: tries + 1, pause }
            }
        }
    }

    /// The item after the visit, and `page` after it, where that was held to the end: whoever lost it settles nothing.
    pub(crate) fn item(&self, item: &Item, visit: Visit, page: Option<&VisitedPage>, now: Timestamp) -> Item {
        let mut item = item.clone();
        let mut put_off = |visit: Visit, pause: Duration| {
            let later = now + pause;
            item.visit = Some(Visit { due: later, not_before: Some(later), lease: None, ..visit });
        };
        match self {
            Self::Settled(_) => {
                if let Some(page) = page {
                    page.tell(&mut item, now);
                }
            }
            Self::Again { tries, pause, .. } => put_off(Visit { tries: *tries, ..visit }, *pause),
            Self::Aside(pause) => put_off(Visit { since: visit.since + *pause, ..visit }, *pause),
        }
        item
    }

    /// The page after a visit that began at `began_at`.
    pub(crate) fn page(&self, page: &VisitedPage, began_at: Timestamp, now: Timestamp) -> Settled {
        let given_back = VisitedPage { lease: None, ..page.clone() };
        let as_before = |page| Settled { page, seen: None, changed: false };
        match self {
            Self::Settled(found) => page.settle(found.as_ref().clone(), began_at, now),
            Self::Again { tries, pause, .. } => {
                as_before(VisitedPage { tries: *tries, not_before: Some(now + *pause), ..given_back })
            }
            Self::Aside(_) => as_before(given_back),
        }
    }

    /// How long until the item is to be visited again.
    pub(crate) fn pause(&self) -> Duration {
        match self {
            Self::Settled(_) => Duration::ZERO,
            Self::Again { pause, .. } | Self::Aside(pause) => *pause,
        }
    }

    /// What became of the message.
    pub(crate) fn visited(&self) -> Visited {
        match self {
            Self::Settled(found) => found.failure.map_or(Visited::Ready, Visited::Failed),
            Self::Again { code, .. } => Visited::Again(*code),
            Self::Aside(_) => Visited::Waiting,
        }
    }
}
