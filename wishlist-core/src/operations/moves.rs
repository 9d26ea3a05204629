//! Items from list to list.

use std::time::Duration;

use super::items::{create, unwatch, with_room, without};
use super::{Decision, Engine, NamedCall};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{IdempotencyKey, Item, ItemState, ItemStatus, Rank, Viewer, Wishlist};
use crate::table::keys::{self, PageDigest};
use crate::table::{Condition, Stored, Transaction};

impl Engine {
    /// Moves an item to the end of another list of the caller, where it keeps its id. Two reads, one write; none where it is
    /// there already.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Unprocessable`] where the caller has no such other list; [`Kind::Conflict`] where that
    /// holds 1,000 items; [`Kind::IdempotencyMismatch`].
    pub async fn move_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        to: WishlistId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Item> {
        let call = NamedCall::of(self, viewer, key, "move_item", &(list, id, to))?;
        let turns = self.two_turns(list, to).await;
        let item = self.decide_once(call, || self.decide_move(viewer, list, id, to)).await?;
        drop(turns);
        self.hint_pending(&item).await;
        Ok(item)
    }

    async fn decide_move(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        to: WishlistId,
    ) -> Result<Decision<Item>> {
        let (opened, target) = tokio::join!(self.open_item(viewer, list, id), self.open_target(viewer, to));
        let ((source, stored), target) = (opened?, target?);
        if to == list {
            return Ok(Decision::Done(stored.value));
        }
        let now = self.clock().now();
        let (mut item, state) = (stored.value.clone(), stored.value.state);
        let (target_after, slot) = with_room(&target.value, 1, now)?;
        item.move_to(to, Rank::of_slot(slot), now);
        let mut transaction = Transaction::new(self.ids());
        transaction.replace(source.revision, &without(&source.value, state))?;
        transaction.replace(target.revision, &counted_as(state, &target_after))?;
        transaction.delete(keys::item(list, id), Condition::Revision(stored.revision));
        unwatch(&mut transaction, &stored.value);
        create(&mut transaction, &item)?;
        Ok(Decision::Commit(transaction, item))
    }

    /// Puts a copy of an item at the end of a list of the caller, which may be its own: active, with what was typed and what
    /// the page says. Three reads, one write.
    ///
    /// # Errors
    /// As [`Engine::move_item`], and [`Kind::RateLimited`] where the page is still to be visited and the caller may ask for
    /// no more.
    pub async fn copy_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        to: WishlistId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Item> {
        let call = NamedCall::of(self, viewer, key, "copy_item", &(list, id, to))?;
        let copy = self.ids().mint();
        let turn = self.turn(to).await;
        let item = self.decide_once(call, || self.decide_copy(viewer, list, id, to, copy)).await?;
        drop(turn);
        self.hint_pending(&item).await;
        Ok(item)
    }

    async fn decide_copy(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        to: WishlistId,
        copy: ItemId,
    ) -> Result<Decision<Item>> {
        let (opened, target) = tokio::join!(self.open_item(viewer, list, id), self.open_target(viewer, to));
        let ((_, stored), target) = (opened?, target?);
        let now = self.clock().now();
        let (wishlist, slot) = with_room(&target.value, 1, now)?;
        let mut transaction = Transaction::new(self.ids());
        let source = self.as_of_now(&mut transaction, &stored.value).await?;
        let item = source.copied(copy, to, Rank::of_slot(slot), now);
        transaction.replace(target.revision, &wishlist)?;
        create(&mut transaction, &item)?;
        let visits = u32::from(item.visit.is_some());
        if let Some(charge) = self.charge(viewer, visits).await? {
            charge.add(&mut transaction, visits)?;
        }
        Ok(Decision::Commit(transaction, item))
    }

    /// An item with what its page says by now, which the commit is held to. The page may be telling its watchers just then,
    /// and a copy that is made meanwhile is none of them yet.
    async fn as_of_now(&self, transaction: &mut Transaction, item: &Item) -> Result<Item> {
        let mut item = item.clone();
        let Some(url) = item.url.as_ref().filter(|_| item.status != ItemStatus::Pending) else { return Ok(item) };
        let digest = PageDigest::from(url);
        let page = self.find_page(&digest).await?;
        let as_read = page.as_ref().map_or(Condition::Absent, |page| Condition::Revision(page.revision));
        transaction.check(keys::page(&digest), as_read);
        if let Some(page) = page.filter(|page| page.value.visited_at.is_some()) {
            page.value.tell_news(&mut item, self.clock().now());
        }
        Ok(item)
    }

    /// The list that an input names. That it is not there, or not the caller's, is a fault of the input, not of the address.
    async fn open_target(&self, viewer: &Viewer, to: WishlistId) -> Result<Stored<Wishlist>> {
        self.open_wishlist(viewer, to).await.map_err(|error| match error.kind() {
            Kind::NotFound => Error::new(Kind::Unprocessable, "`wishlistId` names no wishlist of yours"),
            _ => error,
        })
    }

    async fn hint_pending(&self, item: &Item) {
        if item.visit.is_some() {
            self.hint_visit(item, Duration::ZERO).await;
        }
    }
}

/// The list in which the last item is counted by its state, after it was counted as active.
fn counted_as(state: ItemState, wishlist: &Wishlist) -> Wishlist {
    match state {
        ItemState::Active => wishlist.clone(),
        ItemState::Received => Wishlist {
            item_count: wishlist.item_count.saturating_sub(1),
            received_count: wishlist.received_count + 1,
            ..wishlist.clone()
        },
    }
}
