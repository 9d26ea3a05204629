//! A table whose writes can be made to fail, or never to end, while it is used.

use std::sync::Mutex;

use async_trait::async_trait;
use tokio::sync::Notify;
use wishlist_core::error::{Kind, Result};
use wishlist_core::table::{Change, EmbeddedTable, Key, Page, Query, Record, Table};

use crate::faults::Broken;
use crate::world::World;

/// What becomes of a table's calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Switch {
    Works,
    /// Every call fails so.
    Fails(Kind),
    /// So many commits are made; those after them never end.
    HangsAfter(u32),
}

#[derive(Debug)]
pub(crate) struct Switched {
    table: EmbeddedTable,
    switch: Mutex<Switch>,
    hangs: Notify,
}

impl Switched {
    pub(crate) fn new() -> Self {
        let table = EmbeddedTable::in_memory(World::clock()).unwrap();
        Self { table, switch: Mutex::new(Switch::Works), hangs: Notify::new() }
    }

    pub(crate) fn turn(&self, switch: Switch) {
        *self.switch.lock().unwrap() = switch;
    }

    /// Waits until a commit hangs.
    pub(crate) async fn hanging(&self) {
        self.hangs.notified().await;
    }

    fn at(&self) -> Switch {
        *self.switch.lock().unwrap()
    }
}

#[async_trait]
impl Table for Switched {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        match self.at() {
            Switch::Fails(kind) => Broken(kind).get(keys).await,
            Switch::Works | Switch::HangsAfter(_) => self.table.get(keys).await,
        }
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        match self.at() {
            Switch::Fails(kind) => Broken(kind).query(query).await,
            Switch::Works | Switch::HangsAfter(_) => self.table.query(query).await,
        }
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        match self.at() {
            Switch::Works => self.table.commit(changes).await,
            Switch::Fails(kind) => Broken(kind).commit(changes).await,
            Switch::HangsAfter(0) => {
                self.hangs.notify_one();
                std::future::pending().await
            }
            Switch::HangsAfter(commits) => {
                self.turn(Switch::HangsAfter(commits - 1));
                self.table.commit(changes).await
            }
        }
    }
}
