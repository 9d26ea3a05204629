//! Reading again until nothing is pending.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::items::is_pending;
use super::{Engine, ItemFilter, ItemPosition, KeptItem, Listing};
use crate::error::Result;
use crate::ids::{ItemId, WishlistId};
use crate::model::{Item, Viewer};

/// The longest wait that an operation takes: whatever calls it has to have more time than that.
pub const MAX_WAIT: Duration = Duration::from_secs(20);

/// The first pause between two reads; each is half as long again, up to a second. A visit takes some hundred milliseconds.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

impl Engine {
    /// [`Engine::find_item`], answered when the item is no longer pending or after `wait` (at most 20 s).
    ///
    /// # Errors
    /// Those of [`Engine::find_item`], also when the item goes meanwhile.
    pub async fn find_item_within(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        wait: Duration,
    ) -> Result<Item> {
        self.read_until(wait, is_pending, || self.find_item(viewer, list, id)).await
    }

    /// [`Engine::list_items`], answered when no item of the page is pending or after `wait` (at most 20 s).
    ///
    /// # Errors
    /// Those of [`Engine::list_items`].
    pub async fn list_items_within(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        filter: ItemFilter,
        after: Option<&ItemPosition>,
        limit: usize,
        wait: Duration,
    ) -> Result<Listing<Arc<KeptItem>, ItemPosition>> {
        let pending = |page: &Listing<Arc<KeptItem>, ItemPosition>| page.items.iter().any(|item| is_pending(item));
        self.read_until(wait, pending, || self.list_items(viewer, list, filter, after, limit)).await
    }

    async fn read_until<T, Reading>(
        &self,
        wait: Duration,
        pending: impl Fn(&T) -> bool,
        read: impl Fn() -> Reading,
    ) -> Result<T>
    where
        Reading: Future<Output = Result<T>>,
    {
        let deadline = Instant::now() + wait.min(MAX_WAIT);
        let mut pause = FIRST_PAUSE;
        let mut ended = pin!(self.waits_ended());
        loop {
            let answer = read().await?;
            let now = Instant::now();
            if now >= deadline || !pending(&answer) {
                return Ok(answer);
            }
            tokio::select! {
                () = &mut ended => return Ok(answer),
                () = tokio::time::sleep_until(deadline.min(now + pause)) => {}
            }
            pause = (pause * 3 / 2).min(Duration::from_secs(1));
        }
    }
}
