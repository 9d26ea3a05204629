//! A person, and a person as the caller of an operation.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Currency;
use crate::clock::Timestamp;
use crate::ids::UserId;

/// What is kept of a person. Who may sign in, and how, is the identity provider's to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    /// The identity provider's id, or the embedding program's name for the person.
    pub id: UserId,
    /// As the identity provider said; an embedded program's users have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The currency in which the person thinks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// A language tag (BCP 47), as `de-AT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// How many wishlists the person owns.
    pub wishlist_count: u32,
    /// When the person was first seen.
    pub created_at: Timestamp,
    /// Rises when the profile changes, counts aside.
    #[serde(default = "first_version")]
    pub version: u64,
    /// When the person had everything deleted; nothing else of them is kept then, and this only to refuse the tokens that
    /// are still about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

impl User {
    /// How long the mark of a deleted person is kept: longer than any access token lives, and shorter than the day within
    /// which nothing of a person may be left.
    pub const MARK_KEPT: Duration = Duration::from_hours(23);

    /// A person of whom nothing is kept yet.
    pub fn new(id: UserId, now: Timestamp) -> Self {
        Self {
            id,
            email: None,
            name: None,
            currency: None,
            locale: None,
            wishlist_count: 0,
            created_at: now,
            version: first_version(),
            deleted_at: None,
        }
    }

    /// The mark that is left of a person.
    #[must_use]
    pub fn deleted(&self, now: Timestamp) -> Self {
        Self { deleted_at: Some(now), ..Self::new(self.id.clone(), now) }
    }
}

fn first_version() -> u64 {
    1
}

/// Who calls an operation. What they may see of a record follows from it and the record alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// The signed-in person.
    pub user: UserId,
}

impl From<UserId> for Viewer {
    fn from(user: UserId) -> Self {
        Self { user }
    }
}
