//! The engine: a table, a queue, a clock and randomness, and the operations over them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

use crate::clock::{Clock, Random};
use crate::ids::{Ids, WishlistId};
use crate::model::Item;
use crate::queue::{Message, Queue};
use crate::table::Table;

/// The wishlists of one table. Cheap to clone; every clone is the same engine.
#[derive(Clone, Debug)]
pub struct Engine {
    table: Arc<dyn Table>,
    queue: Arc<dyn Queue>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    ids: Ids,
    turns: Arc<[Mutex<()>; TURNS]>,
}

/// How many lists can be written at once by one process; lists that share a place by chance wait for each other.
const TURNS: usize = 64;

impl Engine {
    /// An engine over `table` that sends its hints to `queue`.
    pub fn new(table: Arc<dyn Table>, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let ids = Ids::new(Arc::clone(&clock), Arc::clone(&random));
        let turns = Arc::new(std::array::from_fn(|_| Mutex::new(())));
        Self { table, queue, clock, random, ids, turns }
    }

    /// Where the records are.
    pub fn table(&self) -> &dyn Table {
        &*self.table
    }

    /// What time it is.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Where ids come from.
    pub fn ids(&self) -> &Ids {
        &self.ids
    }

    /// A time up to `bound`, evenly spread: full jitter.
    pub fn jitter(&self, bound: Duration) -> Duration {
        Duration::from_micros(self.random.below(u64::try_from(bound.as_micros()).unwrap_or(u64::MAX)))
    }

    /// Waits for the turn to change which items a list holds. All such writes change the list's own record, so writers of
    /// one process that went at it together would only make each other lose; those of other processes still can.
    pub(super) async fn turn(&self, list: WishlistId) -> MutexGuard<'_, ()> {
        let place = list
            .as_uuid()
            .as_bytes()
            .iter()
            .fold(0usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        self.turns[place % TURNS].lock().await
    }

    /// Sends a hint. A lost one costs time and nothing else, so a failure is not the caller's.
    pub async fn hint(&self, message: Message, delay: Duration) {
        drop(self.queue.send(message, delay).await);
    }

    /// Sends the hint to visit an item's page, if it has one.
    pub async fn hint_visit(&self, item: &Item, delay: Duration) {
        if let Some(url) = item.url.clone() {
            self.hint(Message::Visit { wishlist_id: item.wishlist_id, item_id: item.id, url }, delay).await;
        }
    }
}
