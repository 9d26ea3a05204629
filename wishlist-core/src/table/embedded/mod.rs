//! The table in one SQLite file, or in memory for tests and throw-away use: the same code.
//!
//! One thread writes and groups the commits that wait while it does; two threads read. Several processes may share a file.

mod database;
mod embedded_table;
mod schema;
mod threads;

pub use embedded_table::EmbeddedTable;

#[cfg(test)]
mod tests;
