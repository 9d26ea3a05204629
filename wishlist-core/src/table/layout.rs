//! The names of what a table keeps of a record beside its body, in DynamoDB, and those of its one index.
//!
//! Whatever makes the table, this program or infrastructure, takes them from here.

use crate::clock::Timestamp;

/// The partition key.
pub const PK: &str = "PK";
/// The sort key.
pub const SK: &str = "SK";
pub(super) const REVISION: &str = "Revision";
pub(super) const WRITE: &str = "WriteId";
/// When DynamoDB may remove the item, in seconds; it does so up to two days late.
pub const EXPIRES: &str = "Expires";
/// When the record stops to exist, by our own clock.
pub(super) const EXPIRES_MILLIS: &str = "ExpiresMillis";
/// The index of what is due, the only one.
pub const INDEX: &str = "Due";
/// Its partition key, which a record has only while something is due for it.
pub const DUE_PK: &str = "DuePK";
/// Its sort key.
pub const DUE_SK: &str = "DueSK";
/// What it holds of a record.
pub const PROJECTION: &str = "KEYS_ONLY";

/// What is kept as [`EXPIRES`]: seconds, rounded up, for DynamoDB must not remove what still exists for us.
pub(super) fn expires(at: Timestamp) -> i64 {
    Timestamp::from_millis(at.as_millis().saturating_add(999)).as_seconds()
}
