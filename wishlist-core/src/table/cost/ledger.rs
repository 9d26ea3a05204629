//! What one call has spent, kept with the task that it runs in.

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
    /// The requests, in the order they were answered.
    pub requests: Vec<Request>,
    /// How many of them were made one after the other; those that are under way at once are one.
    pub round_trips: usize,
}

impl Spent {
    /// The read units of all requests.
    pub fn read_units(&self) -> f64 {
        self.requests.iter().map(|request| request.read_units).sum()
    }

    /// The write units of all requests.
    pub fn write_units(&self) -> f64 {
        self.requests.iter().map(|request| request.write_units).sum()
    }
}

tokio::task_local! {
    static LEDGER: Arc<Mutex<Ledger>>;
}

/// A call's ledger. What the call hands to other tasks is not in it.
#[derive(Debug, Default)]
struct Ledger {
    spent: Spent,
    /// Requests without an answer yet.
    under_way: usize,
}

/// Runs `call` and answers also what it has spent.
pub async fn spent_by<T>(call: impl Future<Output = T>) -> (T, Spent) {
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let answer = LEDGER.scope(Arc::clone(&ledger), call).await;
    let spent = std::mem::take(&mut lock(&ledger).spent);
    (answer, spent)
}

/// Whether anybody wants to know what is spent.
pub(crate) fn is_counted() -> bool {
    LEDGER.try_with(|_| ()).is_ok()
}

/// A request under way. Dropped, it is one that nobody waits for any more.
#[derive(Debug)]
pub(crate) struct Trip {
    ledger: Option<Arc<Mutex<Ledger>>>,
    /// The how manieth one after the other it is.
    number: usize,
    arrived: bool,
}

impl Trip {
    /// Begins a request: a further round trip, but for those that began before any of this one's ended.
    pub(crate) fn begin() -> Self {
        let ledger = LEDGER.try_with(Arc::clone).ok();
        let number = ledger.as_deref().map_or(0, |ledger| {
            let mut ledger = lock(ledger);
            ledger.under_way += 1;
            ledger.spent.round_trips + 1
        });
        Self { ledger, number, arrived: false }
    }

    /// Notes that the answer is there.
    pub(super) fn arrive(&mut self) {
        if let Some(ledger) = self.ledger.as_ref().filter(|_| !self.arrived) {
            lock(ledger).under_way -= 1;
            self.arrived = true;
        }
    }

    /// Whether others of this round trip are still under way.
    pub(super) fn has_company(&self) -> bool {
        self.ledger.as_ref().is_some_and(|ledger| {
            let ledger = lock(ledger);
            ledger.under_way > 0 && ledger.spent.round_trips < self.number
        })
    }

    /// Enters the request.
    pub(crate) fn end(mut self, request: Request) {
        self.arrive();
        if let Some(ledger) = &self.ledger {
            let mut ledger = lock(ledger);
            ledger.spent.requests.push(request);
            ledger.spent.round_trips = ledger.spent.round_trips.max(self.number);
        }
    }
}

impl Drop for Trip {
    fn drop(&mut self) {
        self.arrive();
    }
}

fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    // An entry is whole or is not there.
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}
