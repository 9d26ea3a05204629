//! An identity provider in the product's own table: for one machine, with nothing else to install.
//!
//! What a caller may do is not decided here, and nothing here is read by any other crate.

mod issue;
mod passwords;
mod provider;
mod records;
mod sessions;
mod signing;

pub use passwords::HashingCost;
pub use provider::{LocalProvider, LocalSettings};
