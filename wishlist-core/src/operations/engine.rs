//! The engine: a table, a queue, a clock and randomness, and the operations over them.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, Random};
use crate::ids::Ids;
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
}

impl Engine {
    /// An engine over `table` that sends its hints to `queue`.
    pub fn new(table: Arc<dyn Table>, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let ids = Ids::new(Arc::clone(&clock), Arc::clone(&random));
        Self { table, queue, clock, random, ids }
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
