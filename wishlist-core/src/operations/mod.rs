//! What callers can do, written once over a table: each operation reads, decides in Rust, and commits what it decided.
//!
//! Nothing here knows HTTP, AWS, or how a page is visited.

mod accounts;
mod batches;
mod decide;
mod engine;
mod entities;
mod items;
mod jobs;
mod waiting;
mod wishlists;

pub use decide::Decision;
pub use engine::Engine;
pub use items::Listing;
pub use jobs::{Job, JobProgress, JobWork};

#[cfg(test)]
mod tests;
