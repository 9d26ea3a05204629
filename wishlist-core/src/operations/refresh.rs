//! Asking for an item's page to be visited again.

use std::time::Duration;

use super::{Decision, Engine, NamedCall};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{IdempotencyKey, Item, Viewer};
use crate::table::keys::{self, PageDigest};
use crate::table::{Condition, Transaction};

impl Engine {
    /// Asks for an item's page to be visited. Where it was within the last quarter of an hour, that visit's result stands and
    /// the item is given it; otherwise the item is pending until the visit, and shows meanwhile what it showed. Two reads,
    /// one write; none where there is nothing to change.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Unprocessable`] for an item without a URL; [`Kind::RateLimited`] for one more visit than
    /// the caller may ask for; [`Kind::IdempotencyMismatch`].
    pub async fn refresh_item(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Item> {
        let call = NamedCall::of(self, viewer, key, "refresh_item", &(list, id))?;
        let item = self.decide_once(call, || self.decide_refresh(viewer, list, id)).await?;
        if item.visit.is_some() {
            self.hint_visit(&item, Duration::ZERO).await;
        }
        Ok(item)
    }

    async fn decide_refresh(&self, viewer: &Viewer, list: WishlistId, id: ItemId) -> Result<Decision<Item>> {
        let (_, stored) = self.open_item(viewer, list, id).await?;
        let Some(url) = &stored.value.url else {
            return Err(Error::new(Kind::Unprocessable, "the item has no URL; give it one by `update_item` first"));
        };
        // The rate is read beside the page, which may say that it is not needed: a round trip less for a read more.
        let digest = PageDigest::from(url);
        let (page, charge) = tokio::join!(self.find_page(&digest), self.charge(viewer, 1));
        let (page, charge) = (page?, charge?);
        let now = self.clock().now();
        let mut item = stored.value.clone();
        match page.filter(|page| page.value.is_fresh(now)) {
            Some(page) => page.value.tell(&mut item, now),
            None if item.visit.is_none() => item.ask(now),
            None => {}
        }
        if item == stored.value {
            return Ok(Decision::Done(item));
        }
        let mut transaction = Transaction::new(self.ids());
        // A list under deletion takes no more writes; its record is checked, not changed.
        transaction.check(keys::wishlist(list), Condition::Present).replace(stored.revision, &item)?;
        if let Some(charge) = charge.filter(|_| item.visit.is_some()) {
            charge.add(&mut transaction, 1)?;
        }
        Ok(Decision::Commit(transaction, item))
    }
}
