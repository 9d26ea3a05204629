//! A table that dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::table::{Change, Key, Page, Query, Record, Table};

/// A table that dies at one of its commits.
#[derive(Debug)]
pub(crate) struct Mortal {
    table: Arc<dyn Table>,
    commits: AtomicUsize,
}

impl Mortal {
    /// Dies after so many commits.
    pub(crate) fn after(commits: usize, table: Arc<dyn Table>) -> Self {
        Self { table, commits: commits.into() }
    }
}

#[async_trait]
impl Table for Mortal {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.table.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.table.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let left = self.commits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map_err(|_| Error::new(Kind::Unavailable, "no more"))?;
        self.table.commit(changes).await
    }
}
