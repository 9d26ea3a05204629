//! The table in DynamoDB: one table of `PK` and `SK`, one sparse index of keys.
//!
//! What is written goes through the SDK's types. What is read does not: a response's bytes become records at once, without a
//! map of attributes between them.

mod attributes;
mod bounded;
mod commit;
mod conditions;
mod counted;
mod create;
mod dynamo_table;
mod fault;
mod range;
mod reading;
mod response;
mod scan;
mod tries;
mod wire;

pub use create::{Creation, create_table};
pub use dynamo_table::DynamoTable;

#[cfg(test)]
pub(crate) mod tests;
