//! What each operation asks of the table, found by making every one of them once. `docs/generated/cost-ledger.md` is
//! generated from these rows.

mod calls;
mod measure;
mod stage;

pub use calls::{CALLS, Call};
pub use measure::{Ledger, Row, Sizes, measure};

#[cfg(test)]
mod tests;
