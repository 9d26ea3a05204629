//! Copies of a table's file: made whole beside the place where they go, and given their name last.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use tempfile::{TempDir, TempPath};

use super::lock::Lock;
use super::schema::{explain, give_to_owner_of, make_file, prepare_directory};
use super::table_file::{damaged, refusal};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};

/// Pages of one step: 4 MB at SQLite's 4,096 bytes a page, some ten milliseconds.
const STEP: i32 = 1024;

/// What is to become of a file that has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Refuse,
    /// It is replaced.
    Replace,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Pages that are copied.
    pub copied: u64,
    /// All pages.
    pub pages: u64,
}

pub(super) fn back_up(
    source: &Connection,
    place: &str,
    target: &Path,
    existing: Existing,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<()> {
    if existing == Existing::Refuse && target.exists() {
        return Err(taken(target, "name another file, or replace it with `--force`"));
    }
    let folder = folder_of(target);
    if !folder.is_dir() {
        let message = format!("`{}` is not a directory; make it, or name a file in another", folder.display());
        return Err(Error::new(Kind::Unavailable, message));
    }
    let copy = Copy::of(source, place, target, watch)?;
    copy.name(target, existing)
}

pub(super) fn restore(
    source: &Connection,
    place: &str,
    target: &Path,
    existing: Existing,
    now: Timestamp,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<PathBuf>> {
    prepare_directory(target)?;
    let _lock = Lock::exclusive(target)?;
    let holds_something = std::fs::metadata(target).is_ok_and(|file| file.len() > 0);
    if existing == Existing::Refuse && holds_something {
        let advice = "name an empty data directory, or use `--force`, which keeps the old file beside";
        return Err(taken(target, advice));
    }
    let copy = Copy::of(source, place, target, watch)?;
    give_to_owner_of(folder_of(target), &copy.file);
    let kept = if holds_something { Some(put_aside(target, now)?) } else { None };
    copy.name(target, Existing::Replace)?;
    Ok(kept)
}

/// Gives the file that is there another name, and answers it. Its log goes with it: a file with another one's log beside it
/// would be read together with that.
fn put_aside(target: &Path, now: Timestamp) -> Result<PathBuf> {
    // Closing a healthy file writes its log into it; a damaged one, which may be why a restore is made, keeps its log.
    if let Ok(connection) = Connection::open(target) {
        drop(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    let date: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let kept = with_ending(target, &format!(".before-restore-{date}"));
    for ending in ["-wal", "-shm", ""] {
        let (old, new) = (with_ending(target, ending), with_ending(&kept, ending));
        match std::fs::rename(&old, new) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(not_written(&old, source)),
            _ => {}
        }
    }
    Ok(kept)
}

/// A copy that is whole and has no name yet. Dropped, it is gone.
struct Copy {
    folder: TempDir,
    file: PathBuf,
}

impl Copy {
    /// In a folder of its own beside `target`, on the same disk: what SQLite puts beside a file while it is open goes with it.
    fn of(
        source: &Connection,
        place: &str,
        target: &Path,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self> {
        let refused = |error| not_written(target, error);
        let folder = tempfile::Builder::new().prefix(".wishlist-copy-").tempdir_in(folder_of(target));
        let folder = folder.map_err(refused)?;
        let file = folder.path().join("copy.db");
        // Made before SQLite does, which would give others the right to read it.
        make_file(&file).map_err(refused)?;
        let mut copy = Connection::open(&file).map_err(|error| explain(error, &file.display().to_string()))?;
        // The read transaction keeps the copy to one moment; without it every write of others would start it anew.
        let moment = source.unchecked_transaction().map_err(|error| refusal(error, place))?;
        pages(&moment, place, &mut copy, watch)?;
        drop(moment);
        let check = (|| {
            // One file, which can be read where nothing can be written.
            copy.execute_batch("PRAGMA journal_mode = DELETE")?;
            integrity(&copy, 1)
        })();
        if !check.map_err(|error| refusal(error, place))?.is_empty() {
            return Err(damaged(place));
        }
        drop(copy);
        File::open(&file).and_then(|file| file.sync_all()).map_err(refused)?;
        Ok(Self { folder, file })
    }

    fn name(self, target: &Path, existing: Existing) -> Result<()> {
        let copy = TempPath::try_from_path(self.file).map_err(|error| not_written(target, error))?;
        let named = match existing {
            Existing::Refuse => copy.persist_noclobber(target),
            Existing::Replace => copy.persist(target),
        };
        named.map_err(|failed| match failed.error.kind() {
            std::io::ErrorKind::AlreadyExists => taken(target, "name another file, or replace it with `--force`"),
            _ => not_written(target, failed.error),
        })?;
        // The name is on the disk when the folder is.
        File::open(folder_of(target))
            .and_then(|folder| folder.sync_all())
            .map_err(|error| not_written(target, error))?;
        self.folder.close().map_err(|error| not_written(target, error))
    }
}

fn pages(
    source: &Connection,
    place: &str,
    copy: &mut Connection,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<()> {
    let refuse = |error| refusal(error, place);
    // What begins the transaction: the moment of the copy.
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(refuse)?;
    let backup = Backup::new(source, copy).map_err(refuse)?;
    loop {
        let step = backup.step(STEP).map_err(refuse)?;
        let progress = backup.progress();
        let pages = u64::try_from(progress.pagecount).unwrap_or(0);
        let copied = pages.saturating_sub(u64::try_from(progress.remaining).unwrap_or(0));
        if watch(Progress { copied, pages }).is_break() {
            return Err(Error::new(Kind::Unavailable, "the copy was ended before it was whole; nothing is left of it"));
        }
        match step {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked => std::thread::sleep(std::time::Duration::from_millis(20)),
            _ => {}
        }
    }
}

/// What SQLite finds wrong, `most` faults at most.
pub(super) fn integrity(connection: &Connection, most: u32) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({most})"))?;
    let found = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn taken(target: &Path, advice: &str) -> Error {
    Error::new(Kind::Conflict, format!("`{}` is there already; {advice}", target.display()))
}

fn not_written(target: &Path, source: std::io::Error) -> Error {
    let message =
        format!("`{}` cannot be written: {}; choose another place or mend its rights", target.display(), source.kind());
    Error::new(Kind::Unavailable, message).with_source(source)
}
