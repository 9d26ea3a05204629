//! What one call has spent, kept with the task that it runs in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a request asks DynamoDB for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are DynamoDB's")]
pub enum Operation {
    GetItem,
    BatchGetItem,
    Query,
    PutItem,
    DeleteItem,
    TransactWriteItems,
}

/// A request that was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    /// What it asked for.
    pub operation: Operation,
    /// Read units; a half for what is read eventually.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}

/// What a call has spent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spent {
    /// The requests, in the order in which they were begun.
    pub requests: Vec<Request>,
    /// How many of them were made one after the other; those that are under way at once are one.
    pub round_trips: usize,
}

impl Spent {
    /// The read units of all requests.
    pub fn read_units(&self) -> f64 {
        self.requests.iter().fold(0.0, |sum, request| sum + request.read_units)
    }

    /// The write units of all requests.
    pub fn write_units(&self) -> f64 {
        self.requests.iter().fold(0.0, |sum, request| sum + request.write_units)
    }
}

tokio::task_local! {
    static LEDGER: Arc<Mutex<Ledger>>;
}

/// A call's ledger. What the call hands to other tasks is not in it.
#[derive(Debug, Default)]
struct Ledger {
    /// By how many were begun before.
    requests: BTreeMap<usize, Request>,
    round_trips: usize,
    begun: usize,
    /// Requests that are not entered yet: the round trip that each is of, and its place.
    open: BTreeSet<(usize, usize)>,
    /// Requests without an answer yet.
    under_way: usize,
}

/// Runs `call` and answers also what it has spent.
pub async fn spent_by<T>(call: impl Future<Output = T>) -> (T, Spent) {
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let answer = LEDGER.scope(Arc::clone(&ledger), call).await;
    let Ledger { requests, round_trips, .. } = std::mem::take(&mut *lock(&ledger));
    (answer, Spent { requests: requests.into_values().collect(), round_trips })
}

/// Whether anybody wants to know what is spent.
#[cfg(feature = "dynamodb")]
pub(crate) fn is_counted() -> bool {
    LEDGER.try_with(|_| ()).is_ok()
}

/// A request under way. Dropped, it is one that nobody waits for any more.
#[derive(Debug)]
pub(crate) struct Trip {
    ledger: Option<Arc<Mutex<Ledger>>>,
    /// How many were begun before it.
    place: usize,
    /// The how manieth one after the other it is.
    number: usize,
    arrived: bool,
}

impl Trip {
    /// Begins a request: a further round trip, but for those that began before any of this one's ended.
    pub(crate) fn begin() -> Self {
        let ledger = LEDGER.try_with(Arc::clone).ok();
        let (place, number) = ledger.as_deref().map_or((0, 0), |ledger| {
            let mut ledger = lock(ledger);
            let (place, number) = (ledger.begun, ledger.round_trips + 1);
            ledger.under_way += 1;
            ledger.begun += 1;
            ledger.open.insert((number, place));
            (place, number)
        });
        Self { ledger, place, number, arrived: false }
    }

    /// Notes that the answer is there.
    pub(super) fn arrive(&mut self) {
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !self.arrived) {
            lock(ledger).under_way -= 1;
            self.arrived = true;
        }
    }

    /// Whether others are still under way, or some of the round trip before have yet to go on into this one.
    pub(super) fn has_company(&self) -> bool {
        self.ledger.as_ref().is_some_and(|ledger| {
            let ledger = lock(ledger);
            ledger.under_way > 0 || ledger.open.range(..(self.number, 0)).next().is_some()
        })
    }

    /// Enters the request.
    pub(crate) fn end(mut self, request: Request) {
        self.arrive();
        if let Some(ledger) = &self.ledger {
            let mut ledger = lock(ledger);
            ledger.requests.insert(self.place, request);
            ledger.round_trips = ledger.round_trips.max(self.number);
        }
    }
}

impl Drop for Trip {
    fn drop(&mut self) {
        self.arrive();
        if let Some(ledger) = &self.ledger {
            lock(ledger).open.remove(&(self.number, self.place));
        }
    }
}

fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    // An entry is whole or is not there.
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}
