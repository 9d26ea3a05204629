//! The table as callers have it: work is handed to the threads that own the connections.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use super::database::Database;
use super::schema;
use super::threads::{Reply, Threads, Work};
use crate::clock::Clock;
use crate::error::{Error, Kind, Result};
use crate::table::{Change, Key, MAX_KEYS, Page, Query, Record, Table, check_limits};

/// A table in one SQLite file. Dropping it waits for the work under way and closes the file.
pub struct EmbeddedTable {
    threads: Threads,
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
        schema::prepare_file(path)?;
        let readers = (0..2).map(|_| Database::open(path, Arc::clone(&clock))).collect::<Result<_>>()?;
        let writer = Database::open(path, clock)?;
        Ok(Self { threads: Threads::start(writer, readers)?, place: path.display().to_string() })
    }

    /// An empty table in memory, gone with the value.
    ///
    /// # Errors
    /// [`Kind::Internal`] where SQLite cannot start.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Result<Self> {
        let only = Database::in_memory(clock)?;
        Ok(Self { threads: Threads::start(only, Vec::new())?, place: ":memory:".to_owned() })
    }

    /// Removes the records that no longer exist, at most 1,000 a call, and answers how many; 0 when nothing is left to do.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the file does not answer.
    pub async fn purge_expired(&self) -> Result<usize> {
        self.ask(Work::Purge).await
    }

    async fn ask<T>(&self, work: impl FnOnce(Reply<T>) -> Work) -> Result<T> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.threads.send(work(reply));
        let gone = |source| Error::new(Kind::Unavailable, "the embedded table is closed").with_source(source);
        answer.await.map_err(gone)?
    }
}

#[async_trait]
impl Table for EmbeddedTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        if keys.len() > MAX_KEYS {
            return Err(Error::new(Kind::Internal, format!("{} keys in one get, at most {MAX_KEYS}", keys.len())));
        }
        self.ask(|reply| Work::Get(keys.to_vec(), reply)).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.ask(|reply| Work::Query(query.clone(), reply)).await
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
