//! Items: add, list, find, update, remove.

use std::time::Duration;

use super::wishlists::expect_version;
use super::{Decision, Engine};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{Item, ItemDraft, ItemStatus, PageUrl, Viewer, Watcher, Wishlist};
use crate::table::keys::{self, PageDigest};
use crate::table::{Condition, Query, Stored, Transaction};

/// How many items one wishlist may hold.
pub(super) const MAX_ITEMS: u32 = 1000;

/// One page of a listing, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T, Id> {
    /// The records, in order.
    pub items: Vec<T>,
    /// The last record of the page, where there may be more behind it.
    pub next: Option<Id>,
}

impl Engine {
    /// Adds an item; one with a URL is pending until its page was visited. One read, one write.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Invalid`] with the wrong fields; [`Kind::Conflict`] where the list holds 1,000 items.
    pub async fn add_item(&self, viewer: &Viewer, list: WishlistId, draft: &ItemDraft) -> Result<Item> {
        let id = self.ids().mint();
        let turn = self.turn(list).await;
        let item = self
            .decide(|| async {
                let stored = self.open_wishlist(viewer, list).await?;
                let (url, typed) = draft.check()?;
                let item = Item::new(id, list, url, typed, self.clock().now());
                let mut transaction = Transaction::new(self.ids());
                transaction.replace(stored.revision, &with_items(&stored.value, 1)?)?;
                create(&mut transaction, &item)?;
                Ok(Decision::Commit(transaction, item))
            })
            .await?;
        drop(turn);
        self.hint_visit(&item, Duration::ZERO).await;
        Ok(item)
    }

    /// One page of a wishlist's items, in their order. One round trip: the list and its items are read at the same
    /// time, though not as of one moment.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is no such wishlist, or it is not the caller's.
    pub async fn list_items(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        after: Option<ItemId>,
        limit: usize,
    ) -> Result<Listing<Item, ItemId>> {
        let query =
            Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM).after(after.map(keys::item_sk)).limit(limit);
        let (wishlist, page) = tokio::join!(self.open_wishlist(viewer, list), self.table().query(&query));
        wishlist?;
        let page = page?;
        let items =
            page.items.iter().map(|record| Ok(Stored::<Item>::read(record)?.value)).collect::<Result<Vec<_>>>()?;
        let last = items.last().map(|item| item.id);
        Ok(Listing { items, next: page.next.and(last) })
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
    /// [`Kind::NotFound`]; [`Kind::Invalid`] with the wrong fields; [`Kind::Stale`] where `expected` is not the version.
    pub async fn update_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        draft: &ItemDraft,
        expected: Option<u64>,
    ) -> Result<Item> {
        let (item, visit) = self
            .decide(|| async {
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
                }
                Ok(Decision::Commit(transaction, (item, visit)))
            })
            .await?;
        if visit {
            self.hint_visit(&item, Duration::ZERO).await;
        }
        Ok(item)
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
            transaction.replace(wishlist.revision, &with_items(&wishlist.value, -1)?)?;
            transaction.delete(keys::item(list, id), Condition::Revision(item.revision));
            unwatch(&mut transaction, &item.value);
            Ok(Decision::Commit(transaction, ()))
        })
        .await
    }

    async fn open_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
    ) -> Result<(Stored<Wishlist>, Stored<Item>)> {
        let mut found = self.table().get(&[keys::wishlist(list), keys::item(list, id)]).await?;
        let item = Stored::<Item>::read_option(found.pop().flatten().as_ref())?;
        let wishlist = Stored::<Wishlist>::read_option(found.pop().flatten().as_ref())?;
        let open = wishlist.filter(|wishlist| wishlist.value.is_open_to(viewer));
        open.zip(item).ok_or_else(|| Error::not_found("item"))
    }
}

/// The list with as many items more, or fewer.
pub(super) fn with_items(wishlist: &Wishlist, change: i32) -> Result<Wishlist> {
    let item_count = wishlist.item_count.saturating_add_signed(change);
    if item_count > MAX_ITEMS {
        let full =
            format!("the wishlist holds {} items and can hold {MAX_ITEMS}; remove some first", wishlist.item_count);
        return Err(Error::new(Kind::Conflict, full));
    }
    Ok(Wishlist { item_count, ..wishlist.clone() })
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
        transaction.delete(watcher_key(url, item), Condition::Always);
    }
}

fn watcher_key(url: &PageUrl, item: &Item) -> crate::table::Key {
    keys::watcher(&PageDigest::from(url), item.wishlist_id, item.id)
}

/// Whether something about the item is still to come.
pub(super) fn is_pending(item: &Item) -> bool {
    item.status == ItemStatus::Pending
}
