//! Many items in one call.

use std::time::Duration;

use super::items::{MAX_ITEMS, create, with_items};
use super::{Decision, Engine};
use crate::error::{Error, Result};
use crate::ids::WishlistId;
use crate::model::{Item, ItemDraft, Viewer};
use crate::table::Transaction;

/// The most items of one batch.
const MAX_BATCH: usize = 100;

/// Items of one commit: an item is two changes and the list is one, of the hundred that a commit may have.
const CHUNK: usize = 45;

impl Engine {
    /// Adds up to 100 items, each as [`Engine::add_item`] would: the answer has one result a draft, in their order. One
    /// read and one write for each 45 of them; of a chunk for which the list has not enough room the first
    /// ones are added.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound), and [`Kind::Invalid`](crate::Kind::Invalid) for no draft or more than 100;
    /// what is wrong with one draft is its own result.
    pub async fn add_items(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        drafts: &[ItemDraft],
    ) -> Result<Vec<Result<Item>>> {
        self.open_wishlist(viewer, list).await?;
        if drafts.is_empty() || drafts.len() > MAX_BATCH {
            return Err(Error::invalid("/items", format!("expected 1 to {MAX_BATCH} items, not {}", drafts.len())));
        }
        let mut results: Vec<Option<Result<Item>>> = Vec::new();
        let mut fit = Vec::new();
        for (index, draft) in drafts.iter().enumerate() {
            match draft.check() {
                Ok((url, typed)) => {
                    fit.push((index, Item::new(self.ids().mint(), list, url, typed, self.clock().now())));
                    results.push(None);
                }
                Err(error) => results.push(Some(Err(error))),
            }
        }
        let mut any_added = false;
        for chunk in fit.chunks(CHUNK) {
            let mut outcome = self.add_chunk(viewer, list, chunk).await;
            // Where nothing was added yet the fault is the whole call's.
            if !any_added && let Err(error) = outcome {
                return Err(error);
            }
            any_added = true;
            for (place, (index, item)) in chunk.iter().enumerate() {
                results[*index] = Some(match &mut outcome {
                    Ok(added) if place < *added => Ok(item.clone()),
                    Ok(_) => Err(Error::new(
                        crate::Kind::Conflict,
                        format!("the wishlist can hold {MAX_ITEMS} items; remove some first"),
                    )),
                    Err(error) => Err(error.hand_on()),
                });
            }
        }
        Ok(results.into_iter().flatten().collect())
    }

    /// Adds as many of the chunk as the list has room for, the first ones, and answers how many.
    async fn add_chunk(&self, viewer: &Viewer, list: WishlistId, chunk: &[(usize, Item)]) -> Result<usize> {
        let turn = self.turn(list).await;
        let added = self
            .decide(|| async {
                let stored = self.open_wishlist(viewer, list).await?;
                let room = MAX_ITEMS.saturating_sub(stored.value.item_count) as usize;
                let added = chunk.len().min(room);
                if added == 0 {
                    return Ok(Decision::Done(0));
                }
                let mut transaction = Transaction::new(self.ids());
                let change = i32::try_from(added).unwrap_or(i32::MAX);
                transaction.replace(stored.revision, &with_items(&stored.value, change)?)?;
                for (_, item) in &chunk[..added] {
                    create(&mut transaction, item)?;
                }
                Ok(Decision::Commit(transaction, added))
            })
            .await?;
        drop(turn);
        for (_, item) in &chunk[..added] {
            self.hint_visit(item, Duration::ZERO).await;
        }
        Ok(added)
    }
}
