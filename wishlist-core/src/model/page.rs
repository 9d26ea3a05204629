//! The background work around an item's page: leases, visits, what a visit found, and a host's lanes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{FailureCode, PageUrl, Product};
use crate::clock::Timestamp;
use crate::ids::{ItemId, LeaseId, WishlistId};

/// A worker's claim on a record, good until it lapses or the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lease {
    /// Whose it is: one for each attempt.
    pub id: LeaseId,
    /// From when on another may take it.
    pub until: Timestamp,
}

impl Lease {
    /// How long a worker may hold a record: several times what a visit may take (10 s).
    pub const LENGTH: Duration = Duration::from_secs(90);

    /// A lease from `now` on.
    pub fn new(id: LeaseId, now: Timestamp) -> Self {
        Self { id, until: now + Self::LENGTH }
    }
}

/// An item's visit to come; its presence keeps the item in the sparse index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Visit {
    /// When the sweeper takes it up.
    pub due: Timestamp,
    /// Since when the item waits: the start of the 6 h after which it is given up.
    pub since: Timestamp,
    /// Attempts that failed and may succeed later.
    pub tries: u32,
    /// Before when a message is too early: after a failed attempt, and while a lane is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// Who is at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
}

impl Visit {
    /// How long a first message is waited for before the sweeper sends another.
    pub const GRACE: Duration = Duration::from_secs(15);

    /// A visit asked for at `now`; its message is sent at once, so the sweeper has time.
    pub fn asked_at(now: Timestamp) -> Self {
        Self { due: now + Self::GRACE, since: now, tries: 0, not_before: None, lease: None }
    }
}

/// What the last visit of a page found. It serves every item with that URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct VisitedPage {
    /// The address as it was typed.
    #[serde(rename = "URL")]
    pub url: PageUrl,
    /// What the page says.
    #[serde(default)]
    pub product: Product,
    /// Why there is nothing, or less, to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureCode>,
    /// Attempts since the last visit that failed and may succeed later, of all items with the URL.
    #[serde(default)]
    pub tries: u32,
    /// Before when it is not visited again: after a failed attempt, for every item with the URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When the visit ended; absent before the first one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visited_at: Option<Timestamp>,
    /// Who is visiting it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// From when on it does not exist.
    pub expires_at: Timestamp,
}

impl VisitedPage {
    /// How long a visit answers for every item with the URL.
    pub const FRESH: Duration = Duration::from_mins(15);
    /// How long a page is kept after its last visit.
    pub const KEPT: Duration = Duration::from_hours(24);

    /// A page that was never visited.
    pub fn unvisited(url: PageUrl, now: Timestamp) -> Self {
        Self {
            url,
            product: Product::default(),
            failure: None,
            tries: 0,
            not_before: None,
            visited_at: None,
            lease: None,
            expires_at: now + Self::KEPT,
        }
    }

    /// Whether its facts may be used without another visit.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.visited_at.is_some_and(|visited| now.since(visited) < Self::FRESH)
    }
}

/// An item that is told when its page changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Watcher {
    /// The page's address.
    #[serde(rename = "URL")]
    pub url: PageUrl,
    /// The item's list.
    pub wishlist_id: WishlistId,
    /// The item.
    pub item_id: ItemId,
}

/// One of a host's two lanes: at most one visit at a time, and a bucket that refills slowly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lane {
    /// The host as the URL writes it.
    pub host: String,
    /// 0 or 1.
    pub lane: u8,
    /// What was left in the bucket at `refilled_at`, in thousandths of a visit.
    pub milli_tokens: u32,
    /// When the bucket was last counted.
    pub refilled_at: Timestamp,
    /// Who is in the lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
}

impl Lane {
    /// How long a lane is remembered after its last visit: longer than its bucket takes to fill.
    pub const KEPT: Duration = Duration::from_hours(1);
}
