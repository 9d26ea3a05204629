//! A wishlist, and the pointer by which its owner finds it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Currency, Viewer};
use crate::clock::Timestamp;
use crate::ids::{UserId, WishlistId};

/// A named list of wishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Wishlist {
    /// The id.
    pub id: WishlistId,
    /// Whose it is.
    pub owner: UserId,
    /// 1 to 200 characters.
    pub name: String,
    /// At most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is for, at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<String>,
    /// The day of the occasion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_date: Option<NaiveDate>,
    /// The currency in which the owner thinks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// How many items it holds; changes without a new version.
    pub item_count: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the version last rose.
    pub updated_at: Timestamp,
    /// Rises when a field that people see changes, counts aside.
    pub version: u64,
}

impl Wishlist {
    /// Whether the viewer may see and change it.
    pub fn is_open_to(&self, viewer: &Viewer) -> bool {
        self.owner == viewer.user
    }
}

/// One of a person's wishlists: the record that a listing of lists is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WishlistPointer {
    /// Whose listing it is in.
    pub user: UserId,
    /// The wishlist.
    pub wishlist_id: WishlistId,
    /// When the wishlist came into the listing.
    pub created_at: Timestamp,
}
