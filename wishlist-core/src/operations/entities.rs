//! Which key each record has.

use crate::clock::Timestamp;
use crate::model::{Item, Lane, User, VisitedPage, Watcher, Wishlist, WishlistPointer};
use crate::table::keys::PageDigest;
use crate::table::{Due, Entity, Key, keys};

impl Entity for User {
    fn key(&self) -> Key {
        keys::user(&self.id)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|deleted| deleted + Self::MARK_KEPT)
    }
}

impl Entity for Wishlist {
    fn key(&self) -> Key {
        keys::wishlist(self.id)
    }
}

impl Entity for WishlistPointer {
    fn key(&self) -> Key {
        keys::my_wishlist(&self.user, self.wishlist_id)
    }
}

impl Entity for Item {
    fn key(&self) -> Key {
        keys::item(self.wishlist_id, self.id)
    }

    fn due(&self) -> Option<Due> {
        self.visit.as_ref().map(|visit| Due { at: visit.due, id: self.id.to_string() })
    }
}

impl Entity for VisitedPage {
    fn key(&self) -> Key {
        keys::page(&PageDigest::from(&self.url))
    }

    fn due(&self) -> Option<Due> {
        let id = PageDigest::from(&self.url).to_string();
        self.refresh.as_ref().map(|refresh| Due { at: refresh.due, id })
    }
}

impl Entity for Watcher {
    fn key(&self) -> Key {
        keys::watcher(&PageDigest::from(&self.url), self.wishlist_id, self.item_id)
    }
}

impl Entity for Lane {
    fn key(&self) -> Key {
        keys::lane(&self.host, self.lane)
    }

    /// A bucket that has had time to fill is as good as none.
    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.refilled_at + Self::KEPT)
    }
}
