//! Items that were received, and are wished for again.

use super::{Decision, Engine, NamedCall};
use crate::error::Result;
use crate::ids::{ItemId, WishlistId};
use crate::model::{IdempotencyKey, Item, ItemState, Viewer, Wishlist};
use crate::table::Transaction;

impl Engine {
    /// Marks an item as received: it is kept, out of the listing of what is wished for. One read, one write; none where it
    /// is so already.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound); [`Kind::IdempotencyMismatch`](crate::Kind::IdempotencyMismatch).
    pub async fn receive_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Item> {
        let call = NamedCall::of(self, viewer, key, "receive_item", &(list, id))?;
        self.put_in_state(viewer, list, id, ItemState::Received, call).await
    }

    /// Marks an item as wished for again. One read, one write; none where it is so already.
    ///
    /// # Errors
    /// As [`Engine::receive_item`].
    pub async fn restore_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Item> {
        let call = NamedCall::of(self, viewer, key, "restore_item", &(list, id))?;
        self.put_in_state(viewer, list, id, ItemState::Active, call).await
    }

    async fn put_in_state(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        state: ItemState,
        call: Option<NamedCall>,
    ) -> Result<Item> {
        let _turn = self.turn(list).await;
        self.decide_once(call, || async {
            let (wishlist, stored) = self.open_item(viewer, list, id).await?;
            let mut item = stored.value;
            if item.state == state {
                return Ok(Decision::Done(item));
            }
            item.put_in_state(state, self.clock().now());
            let mut transaction = Transaction::new(self.ids());
            transaction.replace(wishlist.revision, &moved_to(state, &wishlist.value))?;
            transaction.replace(stored.revision, &item)?;
            Ok(Decision::Commit(transaction, item))
        })
        .await
    }
}

/// The list with one item counted in `state` that was counted in the other.
fn moved_to(state: ItemState, wishlist: &Wishlist) -> Wishlist {
    let Wishlist { item_count, received_count, .. } = *wishlist;
    let (item_count, received_count) = match state {
        ItemState::Active => (item_count + 1, received_count.saturating_sub(1)),
        ItemState::Received => (item_count.saturating_sub(1), received_count + 1),
    };
    Wishlist { item_count, received_count, ..wishlist.clone() }
}
