//! The trait, and the limits that every implementation holds.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{Change, Key, Page, Query, Record};
use crate::error::{Error, Kind, Result};

/// The most keys of one [`Table::get`] (DynamoDB's `BatchGetItem` and `TransactGetItems`).
pub const MAX_KEYS: usize = 100;
/// The most changes of one [`Table::commit`] (DynamoDB's `TransactWriteItems`).
pub const MAX_CHANGES: usize = 100;
/// The most bytes of one commit (DynamoDB's `TransactWriteItems`).
pub const MAX_COMMIT_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of one record (a DynamoDB item).
pub const MAX_RECORD_BYTES: usize = 400 * 1024;
/// The bytes after which a page of a query ends (DynamoDB's `Query`).
pub const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// Keeps records. Expired ones do not exist, for reads and for conditions alike.
#[async_trait]
pub trait Table: Send + Sync + Debug {
    /// The records of `keys` in their order, `None` where there is none. Strongly consistent, one round trip.
    ///
    /// # Errors
    /// [`Kind::Internal`] for more than [`MAX_KEYS`] keys; [`Kind::Unavailable`] where the storage does not answer.
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>>;

    /// One page of a partition's records in the order of their sort keys. Strongly consistent but for
    /// [`Partition::Due`](super::Partition::Due), which answers keys only: its records have an empty body.
    /// What the query says is known may be left out.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the storage does not answer.
    async fn query(&self, query: &Query) -> Result<Page<Record>>;

    /// Makes all `changes`, or none.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where a condition does not hold: read again and decide anew. [`Kind::Internal`] for what passes
    /// a limit: [`MAX_CHANGES`], [`MAX_COMMIT_BYTES`], [`MAX_RECORD_BYTES`], or two changes of one key.
    /// [`Kind::Unavailable`] where the storage does not answer.
    async fn commit(&self, changes: Vec<Change>) -> Result<()>;
}

/// Refuses more keys than a get may have.
///
/// # Errors
/// [`Kind::Internal`], naming the limit.
pub fn check_keys(keys: &[Key]) -> Result<()> {
    if keys.len() > MAX_KEYS {
        return Err(Error::new(Kind::Internal, format!("{} keys in one get, at most {MAX_KEYS}", keys.len())));
    }
    Ok(())
}

/// Refuses a commit over the limits of the contract, so that an embedded program never works by accident.
///
/// # Errors
/// [`Kind::Internal`], naming the limit.
pub fn check_limits(changes: &[Change]) -> Result<()> {
    let refuse =
        |limit: String| Err(Error::new(Kind::Internal, format!("a commit passes a limit of the table: {limit}")));
    if changes.len() > MAX_CHANGES {
        return refuse(format!("{} changes, at most {MAX_CHANGES}", changes.len()));
    }
    let sizes = changes.iter().map(|change| match change {
        Change::Put(record, _) => record.size(),
        Change::Delete(..) | Change::Check(..) => 0,
    });
    if let Some(size) = sizes.clone().find(|size| *size > MAX_RECORD_BYTES) {
        return refuse(format!("a record of {size} bytes, at most {MAX_RECORD_BYTES}"));
    }
    if sizes.clone().sum::<usize>() > MAX_COMMIT_BYTES {
        return refuse(format!("{} bytes, at most {MAX_COMMIT_BYTES}", sizes.sum::<usize>()));
    }
    let mut keys: Vec<&Key> = changes.iter().map(Change::key).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| pair[0] == pair[1]) {
        return refuse("two changes of one key".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Body, Condition, Record, Revision};

    /// A record of so many bytes.
    fn put(sk: usize, bytes: usize) -> Change {
        let key = Key { pk: "P".to_owned(), sk: format!("{sk:03}") };
        let revision = Revision { number: 1, write: uuid::Uuid::from_u128(1).into() };
        let mut record = Record { key, revision, expires_at: None, due: None, body: Body::from_json("{}".to_owned()) };
        let body = "{}".len() + bytes - record.size();
        record.body = Body::from_json("x".repeat(body));
        assert_eq!(record.size(), bytes);
        Change::Put(record, Condition::Absent)
    }

    #[test]
    fn each_limit_is_reached_and_not_passed() {
        let twentieth = MAX_COMMIT_BYTES / 20;
        let last = MAX_COMMIT_BYTES - 19 * twentieth;
        let puts = |count, last| (1..count).map(|sk| put(sk, twentieth)).chain([put(0, last)]).collect::<Vec<_>>();
        let small = |count| (0..count).map(|sk| put(sk, 100)).collect::<Vec<_>>();
        for (reached, passed) in [
            (small(MAX_CHANGES), small(MAX_CHANGES + 1)),
            (vec![put(1, MAX_RECORD_BYTES)], vec![put(1, MAX_RECORD_BYTES + 1)]),
            (puts(20, last), puts(20, last + 1)),
            (vec![put(1, 100), put(2, 100)], vec![put(1, 100), put(1, 100)]),
        ] {
            check_limits(&reached).unwrap();
            assert_eq!(check_limits(&passed).unwrap_err().kind(), Kind::Internal);
        }
    }
}
