//! The table in one SQLite file, or in memory for tests and throw-away use: the same code.
//!
//! One thread writes and groups the commits that wait while it does; two threads read. Several processes may share a file.

mod database;
mod embedded_table;
mod inline_table;
mod lock;
mod rows;
mod schema;
mod snapshot;
mod table_file;
mod threads;
mod transfer;

pub use database::Backlog;
pub use embedded_table::EmbeddedTable;
pub use inline_table::InlineTable;
pub use table_file::TableFile;
pub use transfer::{Existing, Progress};

#[cfg(test)]
mod tests;
