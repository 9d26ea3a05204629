//! The table on the thread of whoever asks.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;

use super::database::Database;
use crate::check::Source;
use crate::clock::Clock;
use crate::error::Result;
use crate::table::{Change, Key, Page, Query, Record, Table, check_keys, check_limits};

/// A table in memory that answers on the thread that asks, in the call itself, and is gone with the value.
///
/// For simulations, in which nothing may happen at a moment of its own: no thread works beside, so that a paused clock of
/// tokio stands still while the table is asked, and one order of calls has one outcome. Whoever serves people has
/// [`EmbeddedTable`](super::EmbeddedTable), which does not block its callers; the records are read and written by the same code.
pub struct InlineTable(Mutex<Database>);

impl InlineTable {
    /// An empty table.
    ///
    /// # Errors
    /// [`Kind::Internal`](crate::Kind::Internal) where SQLite cannot start.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self(Mutex::new(Database::in_memory(clock)?)))
    }

    fn database(&self) -> MutexGuard<'_, Database> {
        self.0.lock().unwrap_or_else(|panicked| {
            let mut database = panicked.into_inner();
            database.recover();
            self.0.clear_poison();
            database
        })
    }
}

#[async_trait]
impl Table for InlineTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        check_keys(keys)?;
        self.database().get(keys)
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.database().query(query)
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        check_limits(&changes)?;
        self.database().commit(&[changes]).pop().unwrap_or(Ok(()))
    }
}

impl Source for InlineTable {
    fn each(&self, see: &mut dyn FnMut(Key, Option<Record>) -> Result<()>) -> Result<()> {
        // Read to the end first: who sees a record may ask for another one.
        let mut all = Vec::new();
        self.database().look(|snapshot| {
            snapshot.each(&mut |key, record| {
                all.push((key, record));
                Ok(())
            })
        })?;
        all.into_iter().try_for_each(|(key, record)| see(key, record))
    }

    fn find(&self, key: &Key) -> Result<Option<Record>> {
        self.database().look(|snapshot| snapshot.find(key))
    }
}

impl fmt::Debug for InlineTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InlineTable")
    }
}
