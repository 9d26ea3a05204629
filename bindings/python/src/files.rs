//! The files that are open, for a process that is forked from this one.
//!
//! SQLite's locks belong to the process that took them, and what it remembers of them is copied by a fork. A child that opened
//! the file again would believe that it holds what only its parent does: the parent, when it closes, takes itself for the last
//! one and removes the log that the child is writing to. What the child wrote is then lost without a word.

use std::path::Path;
use std::process;
use std::sync::{Mutex, PoisonError};

use wishlist_bridge::Failure;
use wishlist_client::ErrorKind;

/// Only touched by who holds the lock of the interpreter, as whoever forks does: so it is never copied while it is locked.
static OPEN: Mutex<Vec<OpenFile>> = Mutex::new(Vec::new());

/// A file that a process has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenFile {
    process: u32,
    place: Place,
}

/// Which file it is, under whatever name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    device: u64,
    number: u64,
}

impl OpenFile {
    /// Fails for a file that was open when this process was forked.
    pub(crate) fn check(path: &Path) -> Result<(), Failure> {
        let Some(place) = Place::of(path) else { return Ok(()) };
        let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if !open.iter().any(|file| file.place == place && file.process != process::id()) {
            return Ok(());
        }
        let message = format!(
            "`{}` was open when this process was forked, and its locks did not come along; open it after the fork only, \
             or close it before",
            path.display()
        );
        Err(Failure::new(ErrorKind::Unavailable, message))
    }

    /// Notes that it was opened.
    pub(crate) fn note(path: &Path) -> Option<Self> {
        let file = Self { process: process::id(), place: Place::of(path)? };
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        Some(file)
    }

    /// Notes that it was closed.
    pub(crate) fn forget(self) {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|file| *file == self) {
            open.swap_remove(at);
        }
    }
}

impl Place {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let found = std::fs::metadata(path).ok()?;
        Some(Self { device: found.dev(), number: found.ino() })
    }

    /// Nothing is forked elsewhere.
    #[cfg(not(unix))]
    fn of(_path: &Path) -> Option<Self> {
        None
    }
}
