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
    /// Whether it is out of the way.
    #[serde(default)]
    pub archived: bool,
    /// Who learns what about gifts.
    #[serde(default)]
    pub claim_policy: ClaimPolicy,
    /// How many active items it holds; changes without a new version.
    pub item_count: u32,
    /// How many received items it holds; changes without a new version.
    #[serde(default)]
    pub received_count: u32,
    /// The last place at its end that was given to an item; changes without a new version.
    #[serde(default)]
    pub last_slot: u64,
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

    /// What the viewer, to whom it is open, is to it.
    pub fn role_of(&self, _: &Viewer) -> Role {
        Role::Owner
    }

    /// All its items, the received ones included.
    pub fn total_count(&self) -> u32 {
        self.item_count + self.received_count
    }
}

/// What a person is to a wishlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// It is theirs.
    Owner,
}

/// Who learns what about gifts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClaimPolicy {
    /// What the owner is shown.
    pub recipient_sees: RecipientSees,
    /// What those who give are shown of each other.
    pub givers_see: GiversSee,
    /// When the owner is shown everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reveal_at: Option<Timestamp>,
    /// Whether gifts can be claimed without an account.
    pub guest_claims: GuestClaims,
}

/// What the owner of a list is shown of claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecipientSees {
    /// Nothing.
    #[default]
    None,
    /// Whether an item is claimed.
    State,
    /// By whom it is claimed.
    Names,
}

/// What givers are shown of each other's claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GiversSee {
    /// Whether an item is claimed.
    #[default]
    State,
    /// By whom it is claimed.
    Names,
}

/// Whether gifts can be claimed without an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GuestClaims {
    /// By anyone with a link.
    #[default]
    Allowed,
    /// By people with an account only.
    Refused,
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
