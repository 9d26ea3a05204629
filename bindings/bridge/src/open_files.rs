//! The files that are open, and by which process.
//!
//! SQLite keeps its locks by process, in memory that a fork copies: a child that opened a file anew which its parent has open
//! would believe to hold locks that it does not, and could write into a log that the parent removes. So it is refused.

use std::path::Path;
use std::process;
use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;

use wishlist_client::ErrorKind;

use crate::failure::Failure;

/// A file, by what it is and not by its name, and the process that opened it.
static OPEN: Mutex<Vec<(Identity, u32)>> = Mutex::new(Vec::new());

#[cfg(unix)]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    number: u64,
}

#[cfg(not(unix))]
type Identity = std::path::PathBuf;

/// An entry, until it is dropped by the process that made it.
#[derive(Debug)]
pub(crate) struct OpenFile(Identity, u32);

impl OpenFile {
    /// Notes a file that was opened, which exists.
    pub(crate) fn note(path: &Path) -> std::io::Result<Self> {
        let entry = Self(identity(path)?, process::id());
        with(|open| open.push((entry.0.clone(), entry.1)));
        Ok(entry)
    }

    /// Fails for a file that the process has open which this one was forked from.
    pub(crate) fn check(path: &Path) -> Result<(), Failure> {
        // One that is not there is open nowhere.
        let Ok(file) = identity(path) else { return Ok(()) };
        let inherited = with(|open| open.iter().any(|(of, by)| *of == file && *by != process::id()));
        if inherited != Some(false) {
            let message = format!(
                "`{}` was open when this process was forked; open it after the fork only, close it before, or start \
                 processes by `spawn`",
                path.display()
            );
            return Err(Failure::new(ErrorKind::Unavailable, message));
        }
        Ok(())
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if self.1 != process::id() {
            return;
        }
        with(|open| {
            if let Some(at) = open.iter().position(|(of, by)| *of == self.0 && *by == self.1) {
                open.swap_remove(at);
            }
        });
    }
}

/// None where the lock was held at a fork, by a thread that is not here.
fn with<T>(work: impl FnOnce(&mut Vec<(Identity, u32)>) -> T) -> Option<T> {
    for _ in 0..100 {
        if let Ok(mut open) = OPEN.try_lock() {
            return Some(work(&mut open));
        }
        sleep(Duration::from_millis(10));
    }
    None
}

#[cfg(unix)]
fn identity(path: &Path) -> std::io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let file = std::fs::metadata(path)?;
    Ok(Identity { device: file.dev(), number: file.ino() })
}

#[cfg(not(unix))]
fn identity(path: &Path) -> std::io::Result<Identity> {
    path.canonicalize()
}
