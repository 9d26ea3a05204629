//! One connection and what a table asks of it, without threads.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, Savepoint, TransactionBehavior, params};

use super::rows::{find, page, revision_of};
use super::schema::{explain, set_up};
use super::snapshot::Snapshot;
use crate::check::{Report, Rule, check};
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, Kind, Result};
use crate::table::keys::due_bound;
use crate::table::{Change, Condition, Key, Page, Query, Record};

/// How much background work there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Records with background work to come, those that are due now included.
    pub waiting: u64,
    /// Records whose work is due now: what the sweeper finds.
    pub due: u64,
}

/// A connection to the file, set up.
pub(super) struct Database {
    connection: Connection,
    clock: Arc<dyn Clock>,
    place: String,
}

impl Database {
    pub(super) fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let place = path.display().to_string();
        let connection = Connection::open(path).map_err(|source| explain(source, &place))?;
        Self::over(connection, clock, place)
    }

    pub(super) fn in_memory(clock: Arc<dyn Clock>) -> Result<Self> {
        let place = ":memory:".to_owned();
        let connection = Connection::open_in_memory().map_err(|source| explain(source, &place))?;
        Self::over(connection, clock, place)
    }

    fn over(mut connection: Connection, clock: Arc<dyn Clock>, place: String) -> Result<Self> {
        set_up(&mut connection, &place)?;
        Ok(Self { connection, clock, place })
    }

    /// Reads what belongs together: all that `read` asks for is of one moment.
    pub(super) fn at_one_moment(&self, read: impl FnOnce(&Self)) -> Result<()> {
        let explain = |source| explain(source, &self.place);
        let transaction = self.connection.unchecked_transaction().map_err(explain)?;
        read(self);
        transaction.finish().map_err(explain)
    }

    /// The records of the keys; of one moment within [`at_one_moment`](Self::at_one_moment).
    pub(super) fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        let now = self.clock.now();
        let records = keys.iter().map(|key| find(&self.connection, key, now)).collect::<rusqlite::Result<_>>();
        records.map_err(|source| explain(source, &self.place))
    }

    pub(super) fn query(&self, query: &Query) -> Result<Page<Record>> {
        let now = self.clock.now();
        page(&self.connection, query, now).map_err(|source| explain(source, &self.place))
    }

    /// Makes each commit of the group or none of it, and the whole group durable with one fsync.
    pub(super) fn commit(&mut self, group: &[Vec<Change>]) -> Vec<Result<()>> {
        let now = self.clock.now();
        let place = &self.place;
        let made = (|| {
            let mut transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut outcomes = Vec::with_capacity(group.len());
            for changes in group {
                let savepoint = transaction.savepoint()?;
                outcomes.push(make(savepoint, changes, now)?);
            }
            transaction.commit()?;
            Ok(outcomes)
        })();
        match made {
            Ok(outcomes) => outcomes.into_iter().map(|outcome| outcome.then_some(()).ok_or_else(lost_race)).collect(),
            // One cause, told to each of the group: rusqlite's errors cannot be cloned.
            Err(source) => {
                let (first, text) = (explain(source, place), |error: &Error| (error.kind(), error.to_string()));
                let (kind, message) = text(&first);
                let others = (1..group.len()).map(|_| Error::new(kind, message.clone())).collect::<Vec<_>>();
                std::iter::once(first).chain(others).map(Err).collect()
            }
        }
    }

    /// Whether the records go together, all as of one moment.
    pub(super) fn check(&mut self, more: &[Rule]) -> Result<Report> {
        self.look(|snapshot| check(snapshot, snapshot.now(), more))
    }

    /// Shows all records as of one moment.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Snapshot<'_>) -> Result<T>) -> Result<T> {
        Snapshot::of(&self.connection, &self.place, self.clock.now(), look)
    }

    pub(super) fn backlog(&mut self) -> Result<Backlog> {
        // The partial index answers this alone: its size is that of the work to come, not that of the table.
        let counts = "SELECT count(*), count(*) FILTER (WHERE due_sk < ?1) FROM records WHERE due_pk IS NOT NULL";
        let bound = due_bound(self.clock.now());
        let read = |row: &Row<'_>| Ok(Backlog { waiting: row.get(0)?, due: row.get(1)? });
        self.connection.query_row(counts, [bound], read).map_err(|source| explain(source, &self.place))
    }

    /// Leaves a transaction that a panic left open, so that the next one begins on what was committed. Where none is open,
    /// SQLite says so and does nothing.
    pub(super) fn recover(&mut self) {
        drop(self.connection.execute_batch("ROLLBACK"));
    }

    pub(super) fn purge_expired(&mut self) -> Result<usize> {
        let now = self.clock.now().as_millis();
        let purge = "DELETE FROM records WHERE id IN
            (SELECT id FROM records WHERE expires_at IS NOT NULL AND expires_at <= ?1 LIMIT 1000)";
        self.connection.execute(purge, [now]).map_err(|source| explain(source, &self.place))
    }
}

fn lost_race() -> Error {
    Error::new(Kind::Conflict, "a record was changed by somebody else meanwhile")
}

/// Whether the changes were made; a condition that does not hold takes them all back.
fn make(mut savepoint: Savepoint<'_>, changes: &[Change], now: Timestamp) -> rusqlite::Result<bool> {
    for change in changes {
        if !holds(&savepoint, change, now)? {
            savepoint.rollback()?;
            savepoint.commit()?;
            return Ok(false);
        }
        apply(&savepoint, change)?;
    }
    savepoint.commit()?;
    Ok(true)
}

fn holds(connection: &Connection, change: &Change, now: Timestamp) -> rusqlite::Result<bool> {
    let condition = change.condition();
    if condition == Condition::Always {
        return Ok(true);
    }
    let mut statement = connection.prepare_cached(
        "SELECT revision, write_id FROM records
         WHERE pk = ?1 AND sk = ?2 AND (expires_at IS NULL OR expires_at > ?3)",
    )?;
    let key = change.key();
    let present = statement.query_row(params![key.pk, key.sk, now.as_millis()], revision_of).optional()?;
    Ok(match condition {
        Condition::Absent => present.is_none(),
        Condition::Present => present.is_some(),
        Condition::Revision(revision) => present == Some(revision),
        Condition::Always => true,
    })
}

fn apply(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Check(..) => {}
        Change::Delete(key, _) => {
            connection
                .prepare_cached("DELETE FROM records WHERE pk = ?1 AND sk = ?2")?
                .execute(params![key.pk, key.sk])?;
        }
        Change::Put(record, _) => {
            let mut statement: CachedStatement<'_> = connection.prepare_cached(
                "INSERT INTO records (pk, sk, revision, write_id, expires_at, due_pk, due_sk, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (pk, sk) DO UPDATE SET revision = ?3, write_id = ?4, expires_at = ?5, due_pk = ?6,
                     due_sk = ?7, body = ?8",
            )?;
            statement.execute(params![
                record.key.pk,
                record.key.sk,
                record.revision.number,
                record.revision.write.to_string(),
                record.expires_at.map(Timestamp::as_millis),
                record.due.as_ref().map(|due| &due.pk),
                record.due.as_ref().map(|due| &due.sk),
                record.body.as_json(),
            ])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::table::{Body, Revision};

    fn put(number: usize) -> Vec<Change> {
        let revision = Revision { number: 1, write: uuid::Uuid::from_u128(1).into() };
        let key = Key { pk: "P".to_owned(), sk: format!("{number:04}") };
        let body = Body::from_json(format!("{{\"Text\":\"{}\"}}", "x".repeat(4000)));
        vec![Change::Put(Record { key, revision, expires_at: None, due: None, body }, Condition::Absent)]
    }

    #[test]
    fn a_full_disk_is_named_and_costs_nothing_that_was_acknowledged() {
        let directory = tempfile::tempdir().unwrap();
        let mut database = Database::open(&directory.path().join("wishlist.db"), Arc::new(SystemClock)).unwrap();
        database.connection.pragma_update(None, "max_page_count", 20).unwrap();
        let full = (0..100).find_map(|number| Some((number, database.commit(&[put(number)]).pop()?.err()?)));
        let (acknowledged, error) = full.unwrap();
        assert_eq!(error.kind(), Kind::Unavailable);
        let expected = format!(
            "the disk that holds `{}` is full; free some space",
            directory.path().join("wishlist.db").display()
        );
        assert!(error.to_string().starts_with(&expected), "{error}");
        let kept = |database: &mut Database| database.query(&Query::prefix("P", "")).unwrap().items.len();
        assert_eq!(kept(&mut database), acknowledged);
        database.connection.pragma_update(None, "max_page_count", 1000).unwrap();
        assert!(database.commit(&[put(acknowledged)])[0].is_ok());
        assert_eq!(kept(&mut database), acknowledged + 1);
    }
}
