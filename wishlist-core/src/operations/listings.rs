//! The items of a list in an order, page by page.
//!
//! A list holds at most a thousand items, so all of them are read, and sorted and filtered in memory.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::kept_items::Found;
use super::{Engine, KeptItem};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{Item, ItemState, ItemStatus, Viewer};
use crate::table::{Query, Stored, keys, query_all};

/// One page of a listing, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T, Position> {
    /// The records, in order.
    pub items: Vec<T>,
    /// The last record of the page, where there may be more behind it.
    pub next: Option<Position>,
}

/// Which items of a list, and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ItemFilter {
    /// By whether they are still wished for.
    pub state: StateFilter,
    /// By how far their visit is.
    pub status: Option<ItemStatus>,
    /// The order.
    pub sort: ItemSort,
}

/// Items by whether they are still wished for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StateFilter {
    /// Those that are.
    #[default]
    Active,
    /// Those that were received.
    Received,
    /// All.
    All,
}

/// The order of a listing of items. Those that are equal in it are in the order of their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ItemSort {
    /// As the owner placed them.
    #[default]
    Rank,
    /// The newest first.
    CreatedAt,
    /// The cheapest first, currency by currency; those without a price last.
    Price,
    /// The most wished for first; those without a priority last.
    Priority,
}

/// A place in a listing: behind the item with this id, which stood there by this value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemPosition {
    value: String,
    id: ItemId,
}

impl fmt::Display for ItemPosition {
    /// The id, whose text has one length, and the value behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.id, self.value)
    }
}

impl FromStr for ItemPosition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_at_checked(uuid::fmt::Hyphenated::LENGTH);
        let (id, value) = parts.ok_or_else(|| Error::new(Kind::Invalid, "not a position of a listing"))?;
        Ok(Self { value: value.to_owned(), id: id.parse()? })
    }
}

impl Engine {
    /// One page of a wishlist's items. One round trip, and one more for each further megabyte of the list: the list and its
    /// items are read at the same time, though not as of one moment.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is no such wishlist, or it is not the caller's.
    pub async fn list_items(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        filter: ItemFilter,
        after: Option<&ItemPosition>,
        limit: usize,
    ) -> Result<Listing<Arc<KeptItem>, ItemPosition>> {
        let (items, wishlist) = tokio::join!(self.kept_items_of(list), self.open_wishlist(viewer, list));
        wishlist?;
        let items = items?;
        let places = items.iter().filter(|item| is_in(item, filter)).map(|item| Place::of(item, filter.sort));
        let after = after.map(|after| (&*after.value, after.id));
        Ok(page(places.filter(|place| after.is_none_or(|after| place.position() > after)).collect(), limit))
    }

    /// All items of a list, in no order. Those that were read before are not read again.
    async fn kept_items_of(&self, list: WishlistId) -> Result<Vec<Arc<KeptItem>>> {
        let (kept, found) = (self.kept_items(), Found::default());
        let query = Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM).except(kept.known(&found));
        let records = query_all(self.table(), query).await?;
        let mut items = found.take();
        for record in &records {
            items.push(kept.item(record)?);
        }
        Ok(items)
    }

    /// All items of a list that is open to the caller, in their order. For what has to know the neighbours of an item.
    pub(super) async fn ranked_items(&self, list: WishlistId) -> Result<Vec<Stored<Item>>> {
        let query = Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM);
        let records = query_all(self.table(), query).await?;
        let mut items = records.iter().map(Stored::<Item>::read).collect::<Result<Vec<_>>>()?;
        items.sort_by(|one, other| (&one.value.rank, one.value.id).cmp(&(&other.value.rank, other.value.id)));
        Ok(items)
    }
}

/// The first `limit` of the places, and where to go on.
fn page(mut places: Vec<Place<'_>>, limit: usize) -> Listing<Arc<KeptItem>, ItemPosition> {
    let more = places.len() > limit;
    if more {
        places.select_nth_unstable_by(limit, |one, other| one.position().cmp(&other.position()));
        places.truncate(limit);
    }
    places.sort_unstable_by(|one, other| one.position().cmp(&other.position()));
    let items = places.iter().map(|place| Arc::clone(place.item)).collect();
    let next = places.pop().filter(|_| more);
    Listing { items, next: next.map(|place| ItemPosition { value: place.value.into_owned(), id: place.item.id }) }
}

/// Whether an item is in a listing.
fn is_in(item: &Item, filter: ItemFilter) -> bool {
    let state = match filter.state {
        StateFilter::Active => item.state == ItemState::Active,
        StateFilter::Received => item.state == ItemState::Received,
        StateFilter::All => true,
    };
    state && filter.status.is_none_or(|status| status == item.status)
}

/// An item in an order.
struct Place<'a> {
    /// Text whose order is that of the listing.
    value: Cow<'a, str>,
    item: &'a Arc<KeptItem>,
}

impl<'a> Place<'a> {
    fn of(item: &'a Arc<KeptItem>, sort: ItemSort) -> Self {
        let value = match sort {
            ItemSort::Rank => Cow::Borrowed(item.rank.as_str()),
            ItemSort::CreatedAt => Cow::Owned(format!("{:016}", i64::MAX / 1000 - item.created_at.as_millis())),
            ItemSort::Price => item.price().map_or(Cow::Borrowed("~"), |price| {
                Cow::Owned(format!("{}{:016}", price.currency(), price.minor_units()))
            }),
            ItemSort::Priority => {
                Cow::Owned(item.typed.priority.map_or(9, |priority| 5u8.saturating_sub(priority)).to_string())
            }
        };
        Self { value, item }
    }

    fn position(&self) -> (&str, ItemId) {
        (&self.value, self.item.id)
    }
}
