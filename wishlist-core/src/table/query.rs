//! A query is a value: a partition, a range of its sort keys, a direction.

use std::fmt;
use std::sync::Arc;

use super::{Record, Table, keys};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::ids::WriteId;

/// A range of one partition.
#[derive(Clone, Debug)]
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
    /// The records that may be left out.
    pub known: Option<Known>,
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
        Self {
            partition,
            prefix,
            after: None,
            below: None,
            limit: usize::MAX,
            direction: Direction::Forward,
            known: None,
        }
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

    /// The same query by somebody who has some of the records. A table may leave those out of its pages, once it has asked
    /// for each; one that saves nothing by it does not ask.
    #[must_use]
    pub fn except(mut self, known: Known) -> Self {
        self.known = Some(known);
        self
    }
}

/// Which records somebody has, by their sort key and the write that made them.
#[derive(Clone)]
pub struct Known(Arc<Has>);

type Has = dyn Fn(&str, WriteId) -> bool + Send + Sync;

impl Known {
    /// Those of which `has` says so. It is asked on the table's own threads, once for each record in the range.
    pub fn new(has: impl Fn(&str, WriteId) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(has))
    }

    /// Whether this record, which is there, may be left out.
    pub fn has(&self, sk: &str, write: WriteId) -> bool {
        (self.0)(sk, write)
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
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
