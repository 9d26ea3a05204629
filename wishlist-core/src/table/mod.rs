//! Where records are kept: a table of three methods, the minimum that an implementation has to provide.
//!
//! What a record means is not known here. Every key is in [`keys`]; every implementation passes [`conformance`].

mod change;
pub mod conformance;
mod contract;
pub mod cost;
#[cfg(feature = "dynamodb")]
pub(crate) mod dynamodb;
#[cfg(feature = "embedded")]
mod embedded;
mod entity;
pub mod keys;
pub mod layout;
mod query;
mod record;
mod transaction;

pub use change::{Change, Condition};
pub use contract::{
    MAX_CHANGES, MAX_COMMIT_BYTES, MAX_KEYS, MAX_PAGE_BYTES, MAX_RECORD_BYTES, Table, check_keys, check_limits,
};
#[cfg(feature = "dynamodb")]
pub use dynamodb::{Creation, DynamoTable, create_table};
#[cfg(feature = "embedded")]
pub use embedded::{Backlog, EmbeddedTable, Existing, InlineTable, Progress, TableFile};
pub use entity::{Entity, Stored};
pub use query::{Direction, Known, Page, Partition, Query, query_all};
pub use record::{Body, Due, DueKey, Key, Record, Revision};
pub use transaction::Transaction;
