//! A record with a type: an entity owns its key.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Body, Due, DueKey, Key, Record, Revision, Table};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::ids::WriteId;

/// A type of which one value is one record.
pub trait Entity: Serialize + DeserializeOwned {
    /// Where the record is, by its own ids.
    fn key(&self) -> Key;

    /// When its background work is due; `None` keeps it out of the sparse index.
    fn due(&self) -> Option<Due> {
        None
    }

    /// From when on the record does not exist.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

/// An entity as it was read, with the revision that a change of it is conditional on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// What was read.
    pub value: T,
    /// The write that made it.
    pub revision: Revision,
}

impl<T: Entity> Stored<T> {
    /// The entity under `key`, if there is one. One read.
    ///
    /// # Errors
    /// Those of [`Table::get`], and as [`Stored::read`].
    pub async fn find(table: &dyn Table, key: Key) -> Result<Option<Self>> {
        let found = table.get(&[key]).await?;
        Self::read_option(found.first().and_then(Option::as_ref))
    }

    /// The entity of a record.
    ///
    /// # Errors
    /// [`Kind::Internal`](crate::Kind::Internal) where the record is of another shape.
    pub fn read(record: &Record) -> Result<Self> {
        Ok(Self { value: record.body.decode()?, revision: record.revision })
    }

    /// The entity of a record that may not be there.
    ///
    /// # Errors
    /// As [`Stored::read`].
    pub fn read_option(record: Option<&Record>) -> Result<Option<Self>> {
        record.map(Self::read).transpose()
    }
}

/// The record of `entity` as the commit `write` makes it, the `number`th write of its key.
pub(super) fn record_of<T: Entity>(entity: &T, number: u64, write: WriteId) -> Result<Record> {
    Ok(Record {
        key: entity.key(),
        revision: Revision { number, write },
        expires_at: entity.expires_at(),
        due: entity.due().as_ref().map(DueKey::from),
        body: Body::encode(entity)?,
    })
}
