//! The names of what a table keeps of a record beside its body, in DynamoDB.

use crate::clock::Timestamp;

pub(super) const PK: &str = "PK";
pub(super) const SK: &str = "SK";
pub(super) const REVISION: &str = "Revision";
pub(super) const WRITE: &str = "WriteId";
/// When DynamoDB may remove the item, in seconds; it does so up to two days late.
pub(super) const EXPIRES: &str = "Expires";
/// When the record stops to exist, by our own clock.
pub(super) const EXPIRES_MILLIS: &str = "ExpiresMillis";
pub(super) const DUE_PK: &str = "DuePK";
pub(super) const DUE_SK: &str = "DueSK";

/// What is kept as [`EXPIRES`]: seconds, rounded up, for DynamoDB must not remove what still exists for us.
pub(super) fn expires(at: Timestamp) -> i64 {
    Timestamp::from_millis(at.as_millis().saturating_add(999)).as_seconds()
}
