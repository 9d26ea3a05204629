//! What the tests of the embedded table begin with.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::super::{EmbeddedTable, Existing, Progress, TableFile};
use crate::clock::{ManualClock, Timestamp};
use crate::table::{Body, Change, Condition, Key, Record, Revision};

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)))
}

pub(super) fn in_a_file() -> (EmbeddedTable, Arc<ManualClock>, tempfile::TempDir) {
    let (directory, clock) = (tempfile::tempdir().unwrap(), clock());
    let table = EmbeddedTable::open(&directory.path().join("data/wishlist.db"), clock.clone()).unwrap();
    (table, clock, directory)
}

pub(super) fn put(sk: &str) -> Vec<Change> {
    let key = Key { pk: "P".to_owned(), sk: sk.to_owned() };
    let revision = Revision { number: 1, write: uuid::Uuid::from_u128(1).into() };
    let record = Record { key, revision, expires_at: None, due: None, body: Body::from_json("{}".to_owned()) };
    vec![Change::Put(record, Condition::Absent)]
}

/// Watches a copy, and lets it go on.
pub(super) fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Copies the table at `path` to `target`, where nothing is.
pub(super) fn back_up(path: &Path, target: &Path) {
    TableFile::open(path).unwrap().back_up(target, Existing::Refuse, &mut go_on).unwrap();
}
