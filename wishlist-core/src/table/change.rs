//! What a commit is made of.

use super::{Key, Record, Revision};

/// One record's part in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes the whole record.
    Put(Record, Condition),
    /// Removes the record; removing what is not there is no error unless the condition says so.
    Delete(Key, Condition),
    /// Changes nothing and holds the others to the condition.
    Check(Key, Condition),
}

impl Change {
    /// The key of the record.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put(record, _) => &record.key,
            Self::Delete(key, _) | Self::Check(key, _) => key,
        }
    }

    /// What must hold for the commit to happen.
    pub fn condition(&self) -> Condition {
        match self {
            Self::Put(_, condition) | Self::Delete(_, condition) | Self::Check(_, condition) => *condition,
        }
    }
}

/// What must hold of the record before its change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is no such record.
    Absent,
    /// There is such a record.
    Present,
    /// The record is at this revision.
    Revision(Revision),
    /// Nothing.
    Always,
}
