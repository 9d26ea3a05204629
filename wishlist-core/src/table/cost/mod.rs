//! What work costs on DynamoDB: requests, round trips and capacity units, by its published rules.
//!
//! Emulators report capacity wrongly, so it is computed from bytes; DynamoDB's own report is added to the same ledger.

mod counting_table;
mod ledger;
mod size;
mod units;

pub use counting_table::CountingTable;
pub use ledger::{Operation, Request, Spent, spent_by};
#[cfg(feature = "dynamodb")]
pub(crate) use ledger::{Trip, is_counted};
pub use size::item_bytes;
pub use units::{READ_UNIT_BYTES, WRITE_UNIT_BYTES};

#[cfg(test)]
mod tests;
