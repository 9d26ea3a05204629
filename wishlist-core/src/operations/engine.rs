//! The engine: a table, a queue, a clock and randomness, and the operations over them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, Notify, watch};

use super::kept_items::KeptItems;
use super::{Identities, Preview};
use crate::clock::{Clock, Random};
use crate::error::Result;
use crate::ids::Ids;
use crate::model::Item;
use crate::queue::{Message, Queue};
use crate::table::Table;

/// The wishlists of one table. Cheap to clone; every clone is the same engine.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    table: Arc<dyn Table>,
    queue: Arc<dyn Queue>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    ids: Ids,
    identities: Option<Arc<dyn Identities>>,
    visits_per_hour: Option<u32>,
    kept: KeptItems,
    turns: Arc<[Mutex<()>; TURNS]>,
    waits_end: Arc<watch::Sender<bool>>,
    waits_cut: Arc<Notify>,
    preview: Option<Arc<dyn Preview>>,
}

/// How many lists and people can be written at once by one process; those that share a place by chance wait for each other.
const TURNS: usize = 64;

impl Engine {
    /// An engine over `table` that sends its hints to `queue`.
    pub fn new(table: Arc<dyn Table>, queue: Arc<dyn Queue>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let ids = Ids::new(Arc::clone(&clock), Arc::clone(&random));
        let turns = Arc::new(std::array::from_fn(|_| Mutex::new(())));
        let waits_end = Arc::new(watch::Sender::new(false));
        Self(Arc::new(Parts {
            table,
            queue,
            clock,
            random,
            ids,
            identities: None,
            preview: None,
            visits_per_hour: None,
            kept: KeptItems::new(),
            turns,
            waits_end,
            waits_cut: Arc::default(),
        }))
    }

    /// The same engine, which has the sign-ins of people who delete themselves erased there.
    #[must_use]
    pub fn with_identities(mut self, identities: Arc<dyn Identities>) -> Self {
        self.parts().identities = Some(identities);
        self
    }

    /// The same engine, in which one caller may ask for so many visits of pages in an hour. Without it they are not counted.
    #[must_use]
    pub fn with_visits_per_hour(mut self, visits: u32) -> Self {
        self.parts().visits_per_hour = Some(visits);
        self
    }

    /// The same engine, with what looks at pages for [`Engine::preview_product`].
    #[must_use]
    pub fn with_preview(mut self, preview: Arc<dyn Preview>) -> Self {
        self.parts().preview = Some(preview);
        self
    }

    /// The parts of an engine that is being made, nobody else's until then.
    fn parts(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }

    /// What looks at pages, where there is something that does.
    pub(super) fn preview(&self) -> Option<&dyn Preview> {
        self.0.preview.as_deref()
    }

    /// Where the records are.
    pub fn table(&self) -> &dyn Table {
        &*self.0.table
    }

    /// What time it is.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Where ids come from.
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Where randomness comes from.
    pub fn random(&self) -> &dyn Random {
        &*self.0.random
    }

    /// Where people's sign-ins are kept, if the engine knows.
    pub(super) fn identities(&self) -> Option<&dyn Identities> {
        self.0.identities.as_deref()
    }

    /// Items that were read before.
    pub(super) fn kept_items(&self) -> &KeptItems {
        &self.0.kept
    }

    /// How many visits one caller may ask for in an hour, where they are counted.
    pub(super) fn visits_per_hour(&self) -> Option<u32> {
        self.0.visits_per_hour
    }

    /// A time up to `bound`, evenly spread: full jitter.
    pub fn jitter(&self, bound: Duration) -> Duration {
        Duration::from_micros(self.0.random.below(u64::try_from(bound.as_micros()).unwrap_or(u64::MAX)))
    }

    /// Ends every wait for a visit, now and from now on: those who wait are answered with what there is. For a server that
    /// stops.
    pub fn end_waits(&self) {
        self.0.waits_end.send_replace(true);
    }

    /// Ends the waits that there are, and none that begins later. For a server in which those who wait keep others out.
    pub fn cut_waits(&self) {
        self.0.waits_cut.notify_waiters();
    }

    /// Comes back when waits are to end that began before this call. What happens until it is polled counts.
    pub(super) fn waits_ended(&self) -> impl Future<Output = ()> {
        let (mut end, cut) = (self.0.waits_end.subscribe(), self.0.waits_cut.notified());
        async move {
            tokio::select! {
                // An error would say that the sender is gone, and it is this engine's own.
                _ = end.wait_for(|ended| *ended) => {}
                () = cut => {}
            }
        }
    }

    /// Waits for the turn to write a record that many write: a list's, of which items come and go, or a person's. Writers of
    /// one process that went at it together would only make each other lose; those of other processes still can.
    pub(super) async fn turn(&self, of: impl Hash) -> MutexGuard<'_, ()> {
        self.0.turns[place(of)].lock().await
    }

    /// Waits for the turns of two records. They are always taken in one order, so that no two wait for each other.
    pub(super) async fn two_turns(&self, one: impl Hash, other: impl Hash) -> [Option<MutexGuard<'_, ()>>; 2] {
        let (one, other) = (place(one), place(other));
        let first = self.0.turns[one.min(other)].lock().await;
        let second = if one == other { None } else { Some(self.0.turns[one.max(other)].lock().await) };
        [Some(first), second]
    }

    /// Sends a hint. A lost one costs time and nothing else, so a failure is not the caller's.
    pub async fn hint(&self, message: Message, delay: Duration) {
        drop(self.0.queue.send(message, delay).await);
    }

    /// Sends several messages at once, for who has to know which of them the queue took: a result each, in their order.
    pub async fn hint_all(&self, messages: Vec<Message>) -> Vec<Result<()>> {
        self.0.queue.send_all(messages).await
    }

    /// Sends the hint to visit an item's page, if it has one.
    pub async fn hint_visit(&self, item: &Item, delay: Duration) {
        if let Some(url) = item.url.clone() {
            self.hint(Message::Visit { wishlist_id: item.wishlist_id, item_id: item.id, url }, delay).await;
        }
    }
}

fn place(of: impl Hash) -> usize {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    usize::try_from(hasher.finish() % TURNS as u64).unwrap_or(0)
}
