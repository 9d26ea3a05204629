//! The table as callers have it: work is handed to the threads that own the connections.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use super::database::{Backlog, Database};
use super::lock::Lock;
use super::schema;
use super::threads::{Read, Reply, Threads, Work};
use crate::check::{Report, Rule};
use crate::clock::Clock;
use crate::error::{Error, Kind, Result};
use crate::table::{Change, Key, Page, Query, Record, Table, check_keys, check_limits};

/// A table in one SQLite file. Dropping it waits for the work under way and closes the file.
pub struct EmbeddedTable {
    // Before the lock: the threads close the file, and only then it is nobody's.
    threads: Threads,
    _lock: Option<Lock>,
    place: String,
}

impl EmbeddedTable {
    /// The table in the file at `path`, made where there is none, with the access rights of its owner alone.
    ///
    /// An acknowledged commit is on the disk (`synchronous=FULL`). Cost: one fsync for all commits that wait together.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] for a place that cannot be written and a full disk; [`Kind::Invalid`] for a file that is
    /// not ours or is of a newer version. The message names the path and what to do.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        schema::prepare_directory(path)?;
        // Before the file is looked at: a restore puts another one in its place.
        let lock = Lock::shared(path)?;
        schema::prepare_file(path)?;
        let readers = (0..2).map(|_| Database::open(path, Arc::clone(&clock))).collect::<Result<_>>()?;
        let writer = Database::open(path, clock)?;
        Ok(Self { threads: Threads::start(writer, readers)?, _lock: Some(lock), place: path.display().to_string() })
    }

    /// An empty table in memory, gone with the value.
    ///
    /// # Errors
    /// [`Kind::Internal`] where SQLite cannot start.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Result<Self> {
        let only = Database::in_memory(clock)?;
        Ok(Self { threads: Threads::start(only, Vec::new())?, _lock: None, place: ":memory:".to_owned() })
    }

    /// Removes the records that no longer exist, at most 1,000 a call, and answers how many; 0 when nothing is left to do.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the file does not answer.
    pub async fn purge_expired(&self) -> Result<usize> {
        self.ask(Work::Purge).await
    }

    /// Whether the records go together: those of the domain, and by the rules in `more` those of other crates. All are read
    /// as of one moment; one of the two reading threads is busy with it meanwhile.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the file does not answer. What does not go together is no error but in the report.
    pub async fn check(&self, more: &'static [Rule]) -> Result<Report> {
        self.look(|database| database.check(more)).await
    }

    /// How much background work there is. Cost: it grows with that work, not with the table.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the file does not answer.
    pub async fn backlog(&self) -> Result<Backlog> {
        self.look(Database::backlog).await
    }

    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Database) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.ask(|reply: Reply<T>| Work::Look(Box::new(|database| drop(reply.send(look(database)))))).await
    }

    async fn ask<T>(&self, work: impl FnOnce(Reply<T>) -> Work) -> Result<T> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.threads.send(work(reply));
        let gone = |source| Error::new(Kind::Unavailable, "the embedded table did not answer").with_source(source);
        answer.await.map_err(gone)?
    }
}

#[async_trait]
impl Table for EmbeddedTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        check_keys(keys)?;
        self.ask(|reply| Work::Read(Read::Get(keys.to_vec(), reply))).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.ask(|reply| Work::Read(Read::Query(query.clone(), reply))).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        check_limits(&changes)?;
        self.ask(|reply| Work::Commit(changes, reply)).await
    }
}

impl fmt::Debug for EmbeddedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedTable").field("place", &self.place).finish_non_exhaustive()
    }
}
