//! The changes of one commit in the terms of the domain.

use super::entity::record_of;
use super::{Change, Condition, Entity, Key, Revision, Stored, Table};
use crate::error::Result;
use crate::ids::{Ids, WriteId};

/// Collects the changes of one commit; all carry the commit's one write id.
#[derive(Debug)]
pub struct Transaction {
    write: WriteId,
    changes: Vec<Change>,
}

impl Transaction {
    /// An empty commit with a new write id.
    pub fn new(ids: &Ids) -> Self {
        Self { write: ids.mint(), changes: Vec::new() }
    }

    /// Writes a record that must not be there yet.
    ///
    /// # Errors
    /// [`Kind::Internal`](crate::Kind::Internal) for an entity that JSON cannot hold, here and in the other methods.
    pub fn create<T: Entity>(&mut self, entity: &T) -> Result<&mut Self> {
        self.changes.push(Change::Put(record_of(entity, 1, self.write)?, Condition::Absent));
        Ok(self)
    }

    /// Writes `entity` over what was read at `revision`, if it is still that.
    ///
    /// # Errors
    /// As [`Transaction::create`].
    pub fn replace<T: Entity>(&mut self, revision: Revision, entity: &T) -> Result<&mut Self> {
        let record = record_of(entity, revision.number + 1, self.write)?;
        self.changes.push(Change::Put(record, Condition::Revision(revision)));
        Ok(self)
    }

    /// Writes `entity` over `stored`, or as a new record where there was none.
    ///
    /// # Errors
    /// As [`Transaction::create`].
    pub fn upsert<T: Entity>(&mut self, stored: Option<&Stored<T>>, entity: &T) -> Result<&mut Self> {
        match stored {
            Some(stored) => self.replace(stored.revision, entity),
            None => self.create(entity),
        }
    }

    /// Writes a record whatever was there: for records of which any writer's version is as good.
    ///
    /// # Errors
    /// As [`Transaction::create`].
    pub fn put<T: Entity>(&mut self, entity: &T) -> Result<&mut Self> {
        self.changes.push(Change::Put(record_of(entity, 1, self.write)?, Condition::Always));
        Ok(self)
    }

    /// Removes a record.
    pub fn delete(&mut self, key: Key, condition: Condition) -> &mut Self {
        self.changes.push(Change::Delete(key, condition));
        self
    }

    /// Holds the commit to a condition on a record that it does not change.
    pub fn check(&mut self, key: Key, condition: Condition) -> &mut Self {
        self.changes.push(Change::Check(key, condition));
        self
    }

    /// Makes the changes, all or none.
    ///
    /// # Errors
    /// Those of [`Table::commit`].
    pub async fn commit(self, table: &dyn Table) -> Result<()> {
        table.commit(self.changes).await
    }
}
