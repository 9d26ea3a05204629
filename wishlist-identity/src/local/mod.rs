//! An identity provider in the product's own table: for one machine, with nothing else to install.
//!
//! What a caller may do is not decided here, and nothing here is read by any other crate.

mod accounts;
mod check;
mod codes;
mod erasure;
mod issue;
mod key_ring;
mod lock_out;
mod outbox;
mod passwords;
mod provider;
mod records;
mod resetting;
mod session;
mod sessions;
mod settings;
mod signing;
mod signing_in;
mod signing_up;
mod store;

pub use check::CHECK_RULES;
pub use passwords::HashingCost;
pub use provider::LocalProvider;
pub use settings::{Confirmation, LocalSettings};
