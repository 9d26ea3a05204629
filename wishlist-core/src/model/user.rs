//! A person, and a person as the caller of an operation.

use serde::{Deserialize, Serialize};

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
    /// How many wishlists the person owns.
    pub wishlist_count: u32,
    /// When the person was first seen.
    pub created_at: Timestamp,
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
