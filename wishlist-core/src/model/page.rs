//! The background work around an item's page: leases, visits to come, who watches, and a host's lanes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::PageUrl;
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
    /// Since when the item waits, waits for a lane left out: the start of the 6 h after which it is given up.
    pub since: Timestamp,
    /// When it was asked for: the start of the 24 h after which it is given up, lanes or not. Absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
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
    /// After this time of its own a visit ends, whatever happens: waits for a lane of the host are not counted.
    pub const LONGEST: Duration = Duration::from_hours(6);
    /// After this time it ends in any case: a host that more is asked of than it may be asked would be waited for for ever.
    pub const LONGEST_IN_ALL: Duration = Duration::from_hours(24);

    /// A visit asked for at `now`; its message is sent at once, so the sweeper has time.
    pub fn asked_at(now: Timestamp) -> Self {
        Self { due: now + Self::GRACE, since: now, asked_at: Some(now), tries: 0, not_before: None, lease: None }
    }

    /// Whether it has gone on for too long.
    pub fn is_given_up(&self, now: Timestamp) -> bool {
        let asked_at = self.asked_at.unwrap_or(self.since);
        now.since(self.since) >= Self::LONGEST || now.since(asked_at) >= Self::LONGEST_IN_ALL
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
