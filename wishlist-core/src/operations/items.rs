//! Items: add, find, update, remove.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::accounts::known;
use super::wishlists::expect_version;
use super::{Decision, Engine, NamedCall};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{IdempotencyKey, Item, ItemDraft, ItemState, ItemStatus, PageUrl, Rank, Viewer, Watcher, Wishlist};
use crate::table::keys::{self, PageDigest};
use crate::table::{Condition, Query, Stored, Transaction};

/// How many items one wishlist may hold, the received ones included.
pub(super) const MAX_ITEMS: u32 = 1000;

/// An item that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddedItem {
    /// The item.
    pub item: Item,
    /// An item with the same URL that the list held before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<ItemId>,
}

impl Engine {
    /// Adds an item at the end of the list; one with a URL is pending until its page was visited. One round trip to read, one
    /// write.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Invalid`] with the wrong fields; [`Kind::Conflict`] where the list holds 1,000 items;
    /// [`Kind::RateLimited`] for one more page than the caller may ask for; [`Kind::IdempotencyMismatch`].
    pub async fn add_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        draft: &ItemDraft,
        key: Option<&IdempotencyKey>,
    ) -> Result<AddedItem> {
        let call = NamedCall::of(self, viewer, key, "add_item", &(list, draft))?;
        let id = self.ids().mint();
        let turn = self.turn(list).await;
        let added = self.decide_once(call, || self.decide_addition(viewer, list, draft, id)).await?;
        drop(turn);
        self.hint_visit(&added.item, Duration::ZERO).await;
        Ok(added)
    }

    async fn decide_addition(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        draft: &ItemDraft,
        id: ItemId,
    ) -> Result<Decision<AddedItem>> {
        let checked = draft.check();
        let url = checked.as_ref().ok().and_then(|(url, _)| url.as_ref());
        let visits = u32::from(url.is_some());
        let (opened, charge, duplicate) =
            tokio::join!(self.open_wishlist(viewer, list), self.charge(viewer, visits), self.holder_of(list, url),);
        let (stored, (url, typed)) = (opened?, checked?);
        let now = self.clock().now();
        let (wishlist, slot) = with_room(&stored.value, 1, now)?;
        let item = Item { rank: Rank::of_slot(slot), ..Item::new(id, list, url, typed, now) };
        let mut transaction = Transaction::new(self.ids());
        transaction.replace(stored.revision, &wishlist)?;
        create(&mut transaction, &item)?;
        if let Some(charge) = charge? {
            charge.add(&mut transaction, visits)?;
        }
        Ok(Decision::Commit(transaction, AddedItem { item, duplicate_of: duplicate? }))
    }

    /// The first item of the list with this URL: its watch over the page is in the list's range of the page's partition.
    pub(super) async fn holder_of(&self, list: WishlistId, url: Option<&PageUrl>) -> Result<Option<ItemId>> {
        let Some(url) = url else { return Ok(None) };
        let pk = keys::page(&PageDigest::from(url)).pk;
        let page = self.table().query(&Query::prefix(pk, keys::watchers_in(list)).limit(1)).await?;
        Ok(page.items.first().and_then(|record| keys::watching_item(&record.key.sk)))
    }

    /// One item. One read.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is no such item, or its list is not the caller's.
    pub async fn find_item(&self, viewer: &Viewer, list: WishlistId, id: ItemId) -> Result<Item> {
        Ok(self.open_item(viewer, list, id).await?.1.value)
    }

    /// Replaces the editable part of an item: a value equal to the page's stays the page's, an absent one falls back to the
    /// page, a new URL is visited. One read, one write; none where nothing changes.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Invalid`] with the wrong fields; [`Kind::Stale`] where `expected` is not the version;
    /// [`Kind::RateLimited`] for one more page than the caller may ask for.
    pub async fn update_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        draft: &ItemDraft,
        expected: Option<u64>,
    ) -> Result<Item> {
        let (item, visit) = self.decide(|| self.decide_edit(viewer, list, id, draft, expected)).await?;
        if visit {
            self.hint_visit(&item, Duration::ZERO).await;
        }
        Ok(item)
    }

    async fn decide_edit(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        draft: &ItemDraft,
        expected: Option<u64>,
    ) -> Result<Decision<(Item, bool)>> {
        let (_, stored) = self.open_item(viewer, list, id).await?;
        let (url, typed) = draft.check()?;
        expect_version(expected, stored.value.version)?;
        let mut item = stored.value.clone();
        item.edit(url, typed, self.clock().now());
        if item == stored.value {
            return Ok(Decision::Done((item, false)));
        }
        let visit = item.url != stored.value.url;
        let mut transaction = Transaction::new(self.ids());
        // A list under deletion takes no more writes; its record is checked, not changed.
        transaction.check(keys::wishlist(list), Condition::Present).replace(stored.revision, &item)?;
        if visit {
            unwatch(&mut transaction, &stored.value);
            watch(&mut transaction, &item)?;
            let visits = u32::from(item.url.is_some());
            if let Some(charge) = self.charge(viewer, visits).await? {
                charge.add(&mut transaction, visits)?;
            }
        }
        Ok(Decision::Commit(transaction, (item, visit)))
    }

    /// Removes an item. One read, one write.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Stale`] where `expected` is not the version.
    pub async fn remove_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        expected: Option<u64>,
    ) -> Result<()> {
        let _turn = self.turn(list).await;
        self.decide(|| async {
            let (wishlist, item) = self.open_item(viewer, list, id).await?;
            expect_version(expected, item.value.version)?;
            let mut transaction = Transaction::new(self.ids());
            transaction.replace(wishlist.revision, &without(&wishlist.value, item.value.state))?;
            transaction.delete(keys::item(list, id), Condition::Revision(item.revision));
            unwatch(&mut transaction, &item.value);
            Ok(Decision::Commit(transaction, ()))
        })
        .await
    }

    /// The item and its list, if the viewer may see them. One read.
    pub(super) async fn open_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
    ) -> Result<(Stored<Wishlist>, Stored<Item>)> {
        let wanted = [keys::user(&viewer.user), keys::wishlist(list), keys::item(list, id)];
        let found = self.table().get(&wanted).await?;
        known(Stored::read_option(found[0].as_ref())?)?;
        let wishlist = Stored::<Wishlist>::read_option(found[1].as_ref())?;
        let item = Stored::<Item>::read_option(found[2].as_ref())?;
        let open = wishlist.filter(|wishlist| wishlist.value.is_open_to(viewer));
        open.zip(item).ok_or_else(|| Error::not_found("item"))
    }
}

/// The list with `count` items more at its end, and the slot of the first of them.
pub(super) fn with_room(wishlist: &Wishlist, count: u32, now: crate::clock::Timestamp) -> Result<(Wishlist, u64)> {
    if wishlist.total_count() + count > MAX_ITEMS {
        return Err(full());
    }
    let slot = Rank::next_slot(wishlist.last_slot, now);
    let (item_count, last_slot) = (wishlist.item_count + count, slot + u64::from(count.saturating_sub(1)));
    Ok((Wishlist { item_count, last_slot, ..wishlist.clone() }, slot))
}

/// The list with an item of this state fewer.
pub(super) fn without(wishlist: &Wishlist, state: ItemState) -> Wishlist {
    let mut wishlist = wishlist.clone();
    let count = match state {
        ItemState::Active => &mut wishlist.item_count,
        ItemState::Received => &mut wishlist.received_count,
    };
    *count = count.saturating_sub(1);
    wishlist
}

/// The refusal of a list without room.
pub(super) fn full() -> Error {
    let message = format!("the wishlist can hold {MAX_ITEMS} items, the received ones included; remove some first");
    Error::new(Kind::Conflict, message)
}

/// The changes that make an item: its record, and its watch over the page.
pub(super) fn create(transaction: &mut Transaction, item: &Item) -> Result<()> {
    transaction.create(item)?;
    watch(transaction, item)
}

fn watch(transaction: &mut Transaction, item: &Item) -> Result<()> {
    if let Some(url) = item.url.clone() {
        transaction.put(&Watcher { url, wishlist_id: item.wishlist_id, item_id: item.id })?;
    }
    Ok(())
}

/// The change that ends an item's watch over its page.
pub(super) fn unwatch(transaction: &mut Transaction, item: &Item) {
    if let Some(url) = &item.url {
        let watcher = keys::watcher(&PageDigest::from(url), item.wishlist_id, item.id);
        transaction.delete(watcher, Condition::Always);
    }
}

/// Whether something about the item is still to come.
pub(super) fn is_pending(item: &Item) -> bool {
    item.status == ItemStatus::Pending
}
