//! Everything that is held about a person, in pages.

use std::fmt;
use std::str::FromStr;

use super::{Engine, Listing};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{Item, User, Viewer, Wishlist, WishlistPointer};
use crate::table::{Query, Stored, keys};

/// The bytes after which a page ends: with the names of fields that an answer adds it stays below a megabyte.
const PAGE_BYTES: usize = 512 * 1024;

/// What a list counts as beside its description: more than its bytes, for each one costs three reads.
const LIST_BYTES: usize = 4 * 1024;

/// Records of one read.
const READ: usize = 25;

/// One page of an export, and where to go on.
pub type Export = Listing<ExportedRecord, ExportPosition>;

/// A record of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportedRecord {
    /// Their profile.
    Profile(Box<User>),
    /// A wishlist of theirs.
    Wishlist(Box<Wishlist>),
    /// An item of the wishlist before it.
    Item(Box<Item>),
}

/// A place in an export: behind a list, or behind an item of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportPosition {
    list: WishlistId,
    item: Option<ItemId>,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The list is not through.
    Within,
    /// It is.
    Behind,
}

impl fmt::Display for ExportPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.place, self.item) {
            (Place::Behind, _) => write!(f, "{}", self.list),
            (Place::Within, None) => write!(f, "{}/", self.list),
            (Place::Within, Some(item)) => write!(f, "{}/{item}", self.list),
        }
    }
}

impl FromStr for ExportPosition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let Some((list, item)) = text.split_once('/') else {
            return Ok(Self { list: text.parse()?, item: None, place: Place::Behind });
        };
        let item = if item.is_empty() { None } else { Some(item.parse()?) };
        Ok(Self { list: list.parse()?, item, place: Place::Within })
    }
}

impl Engine {
    /// One page of everything that is held about the caller: the profile first, then each list with its items in the order of
    /// their ids. A page is of at most a megabyte, and of at least one record. What signs the person in is the identity
    /// provider's to export; counts of calls, which are gone within a day, are left out.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`] for a caller who had everything deleted.
    pub async fn export_me(&self, viewer: &Viewer, after: Option<ExportPosition>) -> Result<Export> {
        let user = self.stored_user(viewer).await?;
        let mut export = Export { items: Vec::new(), next: after };
        let mut bytes = 0;
        if after.is_none() {
            export.items.extend(user.map(|user| ExportedRecord::Profile(Box::new(user.value))));
        }
        loop {
            let list = match export.next {
                Some(ExportPosition { list, place: Place::Within, .. }) => Some(list),
                behind => self.next_list(viewer, behind.map(|position| position.list)).await?,
            };
            let Some(list) = list else {
                export.next = None;
                return Ok(export);
            };
            bytes += self.export_list(viewer, list, &mut export).await?;
            if bytes >= PAGE_BYTES {
                return Ok(export);
            }
        }
    }

    /// The caller's list behind `after`.
    async fn next_list(&self, viewer: &Viewer, after: Option<WishlistId>) -> Result<Option<WishlistId>> {
        let after = after.map(|list| keys::my_wishlist(&viewer.user, list).sk);
        let query = Query::prefix(keys::user(&viewer.user).pk, keys::prefix::WISHLIST).after(after).limit(1);
        let page = self.table().query(&query).await?;
        let pointer = page.items.first().map(Stored::<WishlistPointer>::read).transpose()?;
        Ok(pointer.map(|pointer| pointer.value.wishlist_id))
    }

    /// Adds the list, if it is begun with, and some items of it; answers how many bytes they are.
    async fn export_list(&self, viewer: &Viewer, list: WishlistId, export: &mut Export) -> Result<usize> {
        let mut bytes = 0;
        let begun = export.next.filter(|position| position.list == list && position.place == Place::Within);
        match self.open_wishlist(viewer, list).await {
            Ok(wishlist) if begun.is_none() => {
                bytes += wishlist.value.description.as_ref().map_or(0, String::len) + LIST_BYTES;
                export.items.push(ExportedRecord::Wishlist(Box::new(wishlist.value)));
            }
            Ok(_) => {}
            // Deleted meanwhile.
            Err(error) if error.kind() == Kind::NotFound => {
                export.next = Some(ExportPosition { list, item: None, place: Place::Behind });
                return Ok(0);
            }
            Err(error) => return Err(error),
        }
        let after = begun.and_then(|position| position.item).map(keys::item_sk);
        let query = Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM).after(after).limit(READ);
        let page = self.table().query(&query).await?;
        for record in &page.items {
            export.items.push(ExportedRecord::Item(Box::new(Stored::<Item>::read(record)?.value)));
        }
        let last = page.items.last().map(Stored::<Item>::read).transpose()?.map(|item| item.value.id);
        let place = if page.next.is_some() { Place::Within } else { Place::Behind };
        export.next = Some(ExportPosition { list, item: last, place });
        Ok(bytes + page.items.iter().map(crate::table::Record::size).sum::<usize>())
    }
}
