//! A table that remembers what was asked of it.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use wishlist_core::clock::Clock;
use wishlist_core::error::Result;
use wishlist_core::table::{Change, EmbeddedTable, Key, Page, Query, Record, Table};

#[derive(Debug)]
pub(crate) struct Witness {
    table: EmbeddedTable,
    calls: Mutex<String>,
    written: Mutex<Vec<Record>>,
}

impl Witness {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        let table = EmbeddedTable::in_memory(clock).unwrap();
        Arc::new(Self { table, calls: Mutex::default(), written: Mutex::default() })
    }

    /// Everything that was ever written, in its order.
    pub(crate) fn written(&self) -> Vec<Record> {
        self.written.lock().unwrap().clone()
    }

    /// Of all keys that were ever written, those that still lead to a record.
    pub(crate) async fn left(&self) -> Vec<Record> {
        let mut keys: Vec<Key> = self.written().into_iter().map(|record| record.key).collect();
        keys.sort();
        keys.dedup();
        let mut left = Vec::new();
        for key in keys {
            left.extend(self.table.get(&[key]).await.unwrap().into_iter().flatten());
        }
        left
    }

    /// The calls since this was last asked: each with the kinds of its records and of its changes.
    pub(crate) fn calls(&self) -> String {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    fn note(&self, call: &str, parts: impl Iterator<Item = String>) {
        let parts: Vec<_> = parts.collect();
        writeln!(self.calls.lock().unwrap(), "{call} {}", parts.join(", ")).unwrap();
    }
}

#[async_trait]
impl Table for Witness {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.note("get", keys.iter().map(|key| key.sk.clone()));
        self.table.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.note("query", std::iter::empty());
        self.table.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let name = |change: &Change| match change {
            Change::Put(record, _) => format!("put {}", record.key.sk),
            Change::Delete(key, _) => format!("delete {}", key.sk),
            Change::Check(key, _) => format!("check {}", key.sk),
        };
        self.note("commit", changes.iter().map(name));
        let put: Vec<_> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Put(record, _) => Some(record.clone()),
                Change::Delete(..) | Change::Check(..) => None,
            })
            .collect();
        self.table.commit(changes).await?;
        self.written.lock().unwrap().extend(put);
        Ok(())
    }
}
