//! What holds of a partition as a whole: a list and its items, a person and their lists.

use std::collections::HashSet;

use super::Report;
use crate::ids::WishlistId;
use crate::table::Key;

/// What was seen of the partition under way, and of the jobs, whose keys come before those of lists.
#[derive(Debug, Default)]
pub(super) struct Partition {
    pub(super) pk: String,
    /// The key of the list's own record and the items that it counts, the active and the received.
    pub(super) wishlist: Option<(Key, [u32; 2])>,
    /// The items of a list, the active and the received.
    pub(super) items: [u32; 2],
    /// The first item of the list, counted or not, and the list.
    pub(super) an_item: Option<(Key, WishlistId)>,
    /// The key of the person's record and the lists that it counts.
    pub(super) user: Option<(Key, u32)>,
    /// Whether the person's record is the mark that an erasure leaves.
    pub(super) is_erased: bool,
    /// The lists that the person owns, by their pointers.
    pub(super) owned: u32,
    /// The first of these pointers.
    pub(super) a_pointer: Option<Key>,
    /// Lists of which a job removes what is left: at most as many as there are jobs.
    pub(super) deleting: HashSet<WishlistId>,
}

impl Partition {
    pub(super) fn begin(&mut self, pk: &str) {
        *self = Self { pk: pk.to_owned(), deleting: std::mem::take(&mut self.deleting), ..Self::default() };
    }

    pub(super) fn end(&self, report: &mut Report) {
        match (&self.wishlist, &self.an_item) {
            (Some((key, counted)), _) if *counted != self.items => {
                report.add("wishlist", key, "it counts another number of items than there are");
            }
            (None, Some((key, list))) if !self.deleting.contains(list) => {
                report.add("item", key, "its wishlist is not there, and no job is removing what is left");
            }
            _ => {}
        }
        match (&self.user, &self.a_pointer) {
            (Some(_), _) if self.is_erased => {}
            (Some((key, counted)), _) if *counted != self.owned => {
                report.add("user", key, "it counts another number of wishlists than they own");
            }
            (None, Some(key)) => report.add("my lists", key, "its user is not there"),
            _ => {}
        }
    }
}
