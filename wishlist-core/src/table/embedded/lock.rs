//! Who has a table's file open: a lock beside it, shared by those who use the file and exclusive to who replaces it.
//!
//! SQLite's own locks are on the file itself, and a restore puts another file in its place.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::schema::{cannot_be_written, give_to_owner_of, make_file};
use crate::error::{Error, Kind, Result};

/// A lock that is held until it is dropped, or the process ends however it does.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// For one of several who use the file.
    pub(super) fn shared(path: &Path) -> Result<Self> {
        let being_replaced = format!("`{}` is being restored; start again when that is done", path.display());
        Self::take(path, File::try_lock_shared, being_replaced)
    }

    /// For the only one, who replaces the file.
    pub(super) fn exclusive(path: &Path) -> Result<Self> {
        let in_use = format!("a server has `{}` open; stop every one of them first", path.display());
        Self::take(path, File::try_lock, in_use)
    }

    fn take(path: &Path, lock: fn(&File) -> Result<(), TryLockError>, held: String) -> Result<Self> {
        let beside = beside(path);
        let file = make_file(&beside).map_err(|source| cannot_be_written(&beside, source))?;
        if let Some(directory) = path.parent() {
            give_to_owner_of(directory, &beside);
        }
        match lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::new(Kind::Unavailable, held)),
            Err(TryLockError::Error(source)) => {
                let message = format!("`{}` cannot be locked; choose a directory on a local disk", beside.display());
                Err(Error::new(Kind::Unavailable, message).with_source(source))
            }
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    name.into()
}
