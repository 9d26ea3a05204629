//! The table as the world's processes have it: others go on before and behind each call, and some calls go wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::check::Source;
use wishlist_core::table::{Change, Condition, Key, Page, Partition, Query, Record, Table};
use wishlist_core::{Error, Kind, Result};

use super::invariants::Invariant;
use super::journal::Journal;
use super::stage::pause;
use super::walk::StoreFault;

/// A table that can be looked at from below, too.
pub(crate) trait Bottom: Table + Source {}

impl<T: Table + Source> Bottom for T {}

/// How a world is made worse than it may be, to see that it is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sabotage {
    None,
    /// Conditions hold whatever they say.
    AnyConditionHolds,
    /// What is kept of named calls is not written.
    NamedCallsAreForgotten,
    /// One commit of twenty is acknowledged and not made.
    WritesAreLost,
    /// The index of what is due stays empty.
    NothingIsDue,
}

/// Faults to come.
#[derive(Debug, Default)]
pub(crate) struct Mishaps(Mutex<Vec<(StoreFault, usize)>>);

/// How many calls in a row a burst refuses.
const BURST: usize = 6;

impl Mishaps {
    fn all(&self) -> MutexGuard<'_, Vec<(StoreFault, usize)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Arms a fault for the call behind so many others.
    pub(crate) fn arm(&self, fault: StoreFault, behind: usize) {
        let times = if fault == StoreFault::Burst { BURST } else { 1 };
        self.all().extend((0..times).map(|time| (fault, behind + time)));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn stop(&self) {
        self.all().clear();
    }

    /// What goes wrong with the call that is made now. A fault that such a call cannot have waits for one that can.
    fn now(&self, can: impl Fn(StoreFault) -> bool) -> Option<StoreFault> {
        let mut all = self.all();
        let hit = all.iter().position(|(fault, behind)| *behind == 0 && can(*fault));
        let fault = hit.map(|place| all.remove(place).0);
        for (_, behind) in all.iter_mut() {
            *behind = behind.saturating_sub(1);
        }
        fault
    }
}

/// The table of a world.
#[derive(Debug)]
pub(crate) struct WorldTable {
    pub(crate) bottom: Arc<dyn Bottom>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) mishaps: Arc<Mishaps>,
    pub(crate) sabotage: Sabotage,
    /// What each shard of the index answered last.
    pub(crate) answered: Mutex<BTreeMap<String, Page<Record>>>,
}

/// What a call of the table is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Read,
    Commit,
}

impl WorldTable {
    async fn call<T>(&self, purpose: Purpose, effect: impl Future<Output = Result<T>>) -> Result<T> {
        self.journal.notes().calls += 1;
        pause().await;
        let can = |fault| match fault {
            StoreFault::Race => purpose == Purpose::Commit,
            StoreFault::Stale => false,
            _ => true,
        };
        let fault = self.mishaps.now(can);
        self.journal.notes().faults += usize::from(fault.is_some());
        match fault {
            Some(StoreFault::Before | StoreFault::Burst) => return Err(unavailable()),
            Some(StoreFault::Race) => return Err(Error::new(Kind::Conflict, "somebody else was quicker")),
            Some(StoreFault::Slow) => tokio::time::sleep(Duration::from_secs(8)).await,
            _ => {}
        }
        let answer = effect.await;
        match fault {
            Some(StoreFault::After) => return Err(unavailable()),
            Some(StoreFault::Hangs) => std::future::pending().await,
            _ => pause().await,
        }
        answer
    }

    async fn make(&self, changes: Vec<Change>) -> Result<()> {
        if self.sabotage == Sabotage::WritesAreLost && self.journal.notes().calls.is_multiple_of(20) {
            return Ok(());
        }
        let changes: Vec<_> = changes.into_iter().filter_map(|change| self.sabotaged(change)).collect();
        let answer = self.bottom.commit(changes.clone()).await;
        match &answer {
            Ok(()) => self.journal.committed(&changes, &*self.bottom),
            Err(error) if self.has_happened(&changes) => {
                if error.kind() == Kind::Conflict {
                    let what = "a commit was told that it lost a race, and had happened";
                    self.journal.broken(Invariant::OneWinnerOfAVersion, what);
                }
                self.journal.committed(&changes, &*self.bottom);
            }
            Err(_) => {}
        }
        answer
    }

    /// Whether a record of this very commit is there.
    fn has_happened(&self, changes: &[Change]) -> bool {
        changes.iter().any(|change| match change {
            Change::Put(record, _) => {
                let found = self.bottom.find(&record.key).ok().flatten();
                found.is_some_and(|found| found.revision.write == record.revision.write)
            }
            Change::Delete(..) | Change::Check(..) => false,
        })
    }

    fn sabotaged(&self, change: Change) -> Option<Change> {
        let is_named_call = change.key().pk.starts_with("IDEMPOTENCY#");
        match (self.sabotage, change) {
            (Sabotage::NamedCallsAreForgotten, _) if is_named_call => None,
            (Sabotage::AnyConditionHolds, Change::Put(record, _)) => Some(Change::Put(record, Condition::Always)),
            (Sabotage::AnyConditionHolds, Change::Delete(key, _)) => Some(Change::Delete(key, Condition::Always)),
            (Sabotage::AnyConditionHolds, Change::Check(..)) => None,
            (Sabotage::NothingIsDue, Change::Put(record, condition)) => {
                Some(Change::Put(Record { due: None, ..record }, condition))
            }
            (_, change) => Some(change),
        }
    }

    /// What the index answers, which may be what it answered before.
    async fn ask_index(&self, shard: &str, query: &Query) -> Result<Page<Record>> {
        let stale = self.mishaps.now(|fault| fault == StoreFault::Stale).is_some();
        let fresh = self.bottom.query(query).await?;
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let before = answered.insert(shard.to_owned(), fresh.clone());
        Ok(before.filter(|_| stale).unwrap_or(fresh))
    }
}

#[async_trait]
impl Table for WorldTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.call(Purpose::Read, self.bottom.get(keys)).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        match &query.partition {
            Partition::Due(shard) => self.call(Purpose::Read, self.ask_index(shard, query)).await,
            Partition::Records(_) => self.call(Purpose::Read, self.bottom.query(query)).await,
        }
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        self.call(Purpose::Commit, self.make(changes)).await
    }
}

fn unavailable() -> Error {
    Error::new(Kind::Unavailable, "the world's table does not answer")
}
