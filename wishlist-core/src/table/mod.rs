//! Where records are kept: a table of three methods, the minimum that an implementation has to provide.
//!
//! What a record means is not known here. Every key is in [`keys`]; every implementation passes [`conformance`].

pub mod conformance;
#[cfg(feature = "embedded")]
mod embedded;
mod entity;
pub mod keys;
mod record;
mod transaction;

#[cfg(feature = "embedded")]
pub use embedded::EmbeddedTable;
pub use entity::{Entity, Stored};
pub use record::{Body, Due, DueKey, Key, Record, Revision};
pub use transaction::Transaction;

use std::fmt::Debug;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};

/// The most keys of one [`Table::get`] (DynamoDB's `BatchGetItem` and `TransactGetItems`).
pub const MAX_KEYS: usize = 100;
/// The most changes of one [`Table::commit`] (DynamoDB's `TransactWriteItems`).
pub const MAX_CHANGES: usize = 100;
/// The most bytes of one commit (DynamoDB's `TransactWriteItems`).
pub const MAX_COMMIT_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of one record (a DynamoDB item).
pub const MAX_RECORD_BYTES: usize = 400 * 1024;
/// The bytes after which a page of a query ends (DynamoDB's `Query`).
pub const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// Keeps records. Expired ones do not exist, for reads and for conditions alike.
#[async_trait]
pub trait Table: Send + Sync + Debug {
    /// The records of `keys` in their order, `None` where there is none. Strongly consistent, one round trip.
    ///
    /// # Errors
    /// [`Kind::Internal`] for more than [`MAX_KEYS`] keys; [`Kind::Unavailable`] where the storage does not answer.
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>>;

    /// One page of a partition's records in the order of their sort keys. Strongly consistent but for
    /// [`Partition::Due`], which answers keys only: its records have an empty body.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the storage does not answer.
    async fn query(&self, query: &Query) -> Result<Page<Record>>;

    /// Makes all `changes`, or none.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where a condition does not hold: read again and decide anew. [`Kind::Internal`] for what passes
    /// a limit: [`MAX_CHANGES`], [`MAX_COMMIT_BYTES`], [`MAX_RECORD_BYTES`], or two changes of one key.
    /// [`Kind::Unavailable`] where the storage does not answer.
    async fn commit(&self, changes: Vec<Change>) -> Result<()>;
}

/// One record's part in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes the whole record.
    Put(Record, Condition),
    /// Removes the record; removing what is not there is no error unless the condition says so.
    Delete(Key, Condition),
    /// Changes nothing and holds the others to the condition.
    Check(Key, Condition),
}

impl Change {
    /// The key of the record.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put(record, _) => &record.key,
            Self::Delete(key, _) | Self::Check(key, _) => key,
        }
    }

    /// What must hold for the commit to happen.
    pub fn condition(&self) -> Condition {
        match self {
            Self::Put(_, condition) | Self::Delete(_, condition) | Self::Check(_, condition) => *condition,
        }
    }
}

/// What must hold of the record before its change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is no such record.
    Absent,
    /// There is such a record.
    Present,
    /// The record is at this revision.
    Revision(Revision),
    /// Nothing.
    Always,
}

/// A range of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The records asked for.
    pub partition: Partition,
    /// Only sort keys that begin with this.
    pub prefix: String,
    /// Only sort keys behind this one, in the direction of the query.
    pub after: Option<String>,
    /// Only sort keys below this one.
    pub below: Option<String>,
    /// The most records of the page, at least 1.
    pub limit: usize,
    /// The order of the page.
    pub direction: Direction,
}

impl Query {
    /// All of a partition's sort keys that begin with `prefix`, in ascending order.
    pub fn prefix(pk: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self::over(Partition::Records(pk.into()), prefix.into())
    }

    /// The sparse index's entries of `shard` due before `now`.
    pub fn due(shard: u8, now: Timestamp) -> Self {
        Self { below: Some(keys::due_bound(now)), ..Self::over(Partition::Due(keys::due_shard(shard)), String::new()) }
    }

    fn over(partition: Partition, prefix: String) -> Self {
        Self { partition, prefix, after: None, below: None, limit: usize::MAX, direction: Direction::Forward }
    }

    /// The same query, from behind `after` on.
    #[must_use]
    pub fn after(mut self, after: Option<String>) -> Self {
        self.after = after;
        self
    }

    /// The same query, with at most `limit` records a page.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// The same query in descending order.
    #[must_use]
    pub fn backward(mut self) -> Self {
        self.direction = Direction::Backward;
        self
    }
}

/// What a query ranges over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Partition {
    /// The records of this partition key.
    Records(String),
    /// The sparse index's entries of this partition key.
    Due(String),
}

/// The order of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Ascending sort keys.
    Forward,
    /// Descending sort keys.
    Backward,
}

/// Some of the answers, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The answers, in order.
    pub items: Vec<T>,
    /// The sort key to go on behind, where there may be more.
    pub next: Option<String>,
}

/// All pages of `query`, for ranges whose size the domain bounds.
///
/// # Errors
/// Those of [`Table::query`].
pub async fn query_all(table: &dyn Table, mut query: Query) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    loop {
        let page = table.query(&query).await?;
        records.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(records),
        }
    }
}

/// Refuses a commit over the limits of the contract, so that an embedded program never works by accident.
///
/// # Errors
/// [`Kind::Internal`], naming the limit.
pub fn check_limits(changes: &[Change]) -> Result<()> {
    let refuse =
        |limit: String| Err(Error::new(Kind::Internal, format!("a commit passes a limit of the table: {limit}")));
    if changes.len() > MAX_CHANGES {
        return refuse(format!("{} changes, at most {MAX_CHANGES}", changes.len()));
    }
    let sizes = changes.iter().map(|change| match change {
        Change::Put(record, _) => record.size(),
        Change::Delete(..) | Change::Check(..) => 0,
    });
    if let Some(size) = sizes.clone().find(|size| *size > MAX_RECORD_BYTES) {
        return refuse(format!("a record of {size} bytes, at most {MAX_RECORD_BYTES}"));
    }
    if sizes.clone().sum::<usize>() > MAX_COMMIT_BYTES {
        return refuse(format!("{} bytes, at most {MAX_COMMIT_BYTES}", sizes.sum::<usize>()));
    }
    let mut keys: Vec<&Key> = changes.iter().map(Change::key).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return refuse("two changes of one key".to_owned());
    }
    Ok(())
}
