//! A record: key, revision, life time, place in the sparse index, and a body that the table does not look into.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::keys;
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::ids::WriteId;

/// Where a record is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

/// Which write made a record: the number rises with every put, the id is the writing commit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// 1 for a new record.
    pub number: u64,
    /// The commit that wrote it.
    pub write: WriteId,
}

/// When a record's background work is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The moment from which on the sweeper takes it.
    pub at: Timestamp,
    /// What tells it from others due at the same moment; its hash chooses the shard.
    pub id: String,
}

/// A record's place in the sparse index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueKey {
    /// The shard, `DUE#00` to `DUE#15`.
    pub pk: String,
    /// `{due time}#{id}`.
    pub sk: String,
}

impl From<&Due> for DueKey {
    fn from(due: &Due) -> Self {
        keys::due(due.at, &due.id)
    }
}

/// What a record holds, as one JSON object whose members become the attributes of a DynamoDB item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// The JSON text of `value`.
    ///
    /// # Errors
    /// [`Kind::Internal`] for a value that JSON cannot hold.
    pub fn encode<T: Serialize>(value: &T) -> Result<Self> {
        serde_json::to_string(value)
            .map(Self)
            .map_err(|source| Error::new(Kind::Internal, "a record could not be written as JSON").with_source(source))
    }

    /// The value of the JSON text.
    ///
    /// # Errors
    /// [`Kind::Internal`] where the text is of another shape; it says where, and nothing of what stands there.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.0).map_err(|source: serde_json::Error| {
            // serde quotes the value that it did not expect, which is somebody's content: it must not reach a log.
            let place = format!("{:?} error at column {}", source.classify(), source.column());
            Error::new(Kind::Internal, "a record is not of the expected shape").with_source(place)
        })
    }

    /// A body from its JSON text, as an implementation of the table kept it.
    pub fn from_json(text: String) -> Self {
        Self(text)
    }

    /// The JSON text.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

/// What the table keeps under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it is.
    pub key: Key,
    /// Which write made it.
    pub revision: Revision,
    /// From when on it does not exist.
    pub expires_at: Option<Timestamp>,
    /// Its place in the sparse index.
    pub due: Option<DueKey>,
    /// What it holds.
    pub body: Body,
}

impl Record {
    /// The bytes counted against the limits: keys, index keys and body.
    pub fn size(&self) -> usize {
        let due = self.due.as_ref().map_or(0, |due| due.pk.len() + due.sk.len());
        self.key.pk.len() + self.key.sk.len() + due + self.body.as_json().len()
    }
}
