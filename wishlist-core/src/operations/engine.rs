//! The engine: a table, a queue, a clock and randomness, and the operations over them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, watch};

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
    turns: Arc<[Mutex<()>; TURNS]>,
    waits_end: Arc<watch::Sender<bool>>,
}

/// How many lists and people can be written at once by one process; those that share a place by chance wait for each other.
const TURNS: usize = 64;

impl Engine {
    /// An engine over `table` that sends its hints to `queue`.
    pub fn new(table: Arc<dyn Table>, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let ids = Ids::new(Arc::clone(&clock), Arc::clone(&random));
        let turns = Arc::new(std::array::from_fn(|_| Mutex::new(())));
        let waits_end = Arc::new(watch::Sender::new(false));
        Self { table, queue, clock, random, ids, turns, waits_end }
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

    /// Ends every wait for a visit, now and from now on: those who wait are answered with what there is. For a server that
    /// stops.
    pub fn end_waits(&self) {
        self.waits_end.send_replace(true);
    }

    /// Comes back when waits are to end.
    pub(super) async fn waits_ended(&self) {
        // An error would say that the sender is gone, and it is this engine's own.
        drop(self.waits_end.subscribe().wait_for(|ended| *ended).await);
    }

    /// Waits for the turn to write a record that many write: a list's, of which items come and go, or a person's. Writers of
    /// one process that went at it together would only make each other lose; those of other processes still can.
    pub(super) async fn turn(&self, of: impl Hash) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % TURNS as u64).unwrap_or(0);
        self.turns[place].lock().await
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
