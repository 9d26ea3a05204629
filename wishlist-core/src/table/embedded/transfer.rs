//! Copies of a table's file: made whole beside the place where they go, and given their name last.

use std::fs::{File, metadata, remove_file, rename, symlink_metadata};
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use tempfile::{TempDir, TempPath};

use super::lock::Lock;
use super::schema::{differences, explain, give_to_owner_of, make_file, prepare_directory};
use super::table_file::{damaged, refusal};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};

/// Pages of one step: 4 MB at SQLite's 4,096 bytes a page, some ten milliseconds.
const STEP: i32 = 1024;

/// What SQLite puts beside a file: a file with another one's log beside it would be read together with that.
const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

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
    path: &Path,
    target: &Path,
    existing: Existing,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<()> {
    if belongs_to(path, target) {
        let (target, path) = (target.display(), path.display());
        let message =
            format!("`{target}` belongs to the data directory of `{path}`; name a file of its own for the copy");
        return Err(Error::new(Kind::Conflict, message));
    }
    regular_or_absent(target)?;
    if existing == Existing::Refuse && target.exists() {
        return Err(taken(target, "name another file, or replace it with `--force`"));
    }
    let folder = folder_of(target);
    if !folder.is_dir() {
        let message = format!("`{}` is not a directory; make it, or name a file in another", folder.display());
        return Err(Error::new(Kind::Unavailable, message));
    }
    let copy = Copy::of(source, &path.display().to_string(), target, watch)?;
    copy.take_name(target, existing)?;
    copy.settle(target)
}

pub(super) fn restore(
    source: &Connection,
    path: &Path,
    target: &Path,
    existing: Existing,
    now: Timestamp,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<PathBuf>> {
    let place = &path.display().to_string();
    let differences = differences(source).map_err(|error| refusal(error, place))?;
    if let Some(first) = differences.all().first() {
        let message = format!("`{place}` is not as `backup` writes it: {first}; take another backup");
        return Err(Error::new(Kind::Invalid, message));
    }
    prepare_directory(target)?;
    let _lock = Lock::exclusive(target)?;
    regular_or_absent(target)?;
    // A log without its file would be read together with the copy.
    let holds_something =
        ["", "-wal"].iter().any(|ending| metadata(with_ending(target, ending)).is_ok_and(|file| file.len() > 0));
    if existing == Existing::Refuse && holds_something {
        let advice = "name an empty data directory, or use `--force`, which keeps the old file beside";
        return Err(taken(target, advice));
    }
    let copy = Copy::of(source, place, target, watch)?;
    give_to_owner_of(folder_of(target), &copy.file);
    let aside = if holds_something { Some(Aside::put(target, now, link)?) } else { None };
    if let Err(error) = copy.take_name(target, Existing::Replace) {
        aside.map_or(Ok(()), Aside::put_back)?;
        return Err(error);
    }
    copy.settle(target)?;
    Ok(aside.map(|aside| aside.kept))
}

/// How a file gets a second name.
pub(super) type Link = fn(&Path, &Path) -> io::Result<()>;

pub(super) fn link(file: &Path, name: &Path) -> io::Result<()> {
    std::fs::hard_link(file, name)
}

/// The file that is to be replaced, under the name that it keeps. It has its own name as well until the copy takes that, so that
/// a crash leaves one of the two there: a server that found none would begin an empty one.
pub(super) struct Aside {
    target: PathBuf,
    pub(super) kept: PathBuf,
    linked: bool,
    moved: Vec<&'static str>,
}

impl Aside {
    /// Its log goes with it. Where `link` is not possible, as on FAT, the file has the kept name alone.
    pub(super) fn put(target: &Path, now: Timestamp, link: Link) -> Result<Self> {
        // Closing a healthy file writes its log into it; a damaged one, which may be why a restore is made, keeps its log.
        if metadata(target).is_ok_and(|file| file.len() > 0)
            && let Ok(connection) = Connection::open_with_flags(target, OpenFlags::SQLITE_OPEN_READ_WRITE)
        {
            drop(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
        }
        let date: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
        let kept = with_ending(target, &format!(".before-restore-{date}"));
        let mut aside = Self { target: target.to_owned(), kept, linked: false, moved: Vec::new() };
        match aside.take(link) {
            Ok(()) => Ok(aside),
            Err(source) => {
                let error = not_written(&aside.kept, source);
                aside.put_back()?;
                Err(error)
            }
        }
    }

    fn take(&mut self, link: Link) -> io::Result<()> {
        match link(&self.target, &self.kept) {
            Ok(()) => self.linked = true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            Err(_) => self.take_name("")?,
        }
        for ending in LOGS {
            self.take_name(ending)?;
        }
        // Before anything takes the old name, the kept one is on the disk.
        File::open(folder_of(&self.target))?.sync_all()
    }

    fn take_name(&mut self, ending: &'static str) -> io::Result<()> {
        match rename(with_ending(&self.target, ending), with_ending(&self.kept, ending)) {
            Ok(()) => self.moved.push(ending),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// As it was before, where nothing has taken the name.
    pub(super) fn put_back(self) -> Result<()> {
        let there_still = |source| {
            let (target, kept) = (self.target.display(), self.kept.display());
            let message = format!("what was `{target}` is `{kept}` now; rename it back, with all that begins so");
            Error::new(Kind::Unavailable, message).with_source(source)
        };
        for ending in self.moved.iter().rev() {
            rename(with_ending(&self.kept, ending), with_ending(&self.target, ending)).map_err(there_still)?;
        }
        if self.linked {
            remove_file(&self.kept).map_err(there_still)?;
        }
        Ok(())
    }
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

    fn take_name(&self, target: &Path, existing: Existing) -> Result<()> {
        let copy = TempPath::try_from_path(&self.file).map_err(|error| not_written(target, error))?;
        // Once more: a large copy takes minutes.
        regular_or_absent(target)?;
        let named = match existing {
            Existing::Refuse => copy.persist_noclobber(target),
            Existing::Replace => copy.persist(target),
        };
        named.map_err(|failed| match failed.error.kind() {
            ErrorKind::AlreadyExists => taken(target, "name another file, or replace it with `--force`"),
            _ => not_written(target, failed.error),
        })
    }

    fn settle(self, target: &Path) -> Result<()> {
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

/// Whether `target` is the table's file at `path` or one of those beside it, be they there or not yet.
fn belongs_to(path: &Path, target: &Path) -> bool {
    // SQLite puts its files beside what a symbolic link leads to, the lock is beside the link.
    let resolved = path.canonicalize();
    let files = std::iter::once(path).chain(resolved.as_deref());
    let mut beside = files.flat_map(|file| ["", "-lock"].iter().chain(&LOGS).map(|ending| with_ending(file, ending)));
    beside.any(|file| is_same(&file, target) || place_of(&file).is_some_and(|place| Some(place) == place_of(target)))
}

/// Where a name is, whether it is there or not.
fn place_of(name: &Path) -> Option<PathBuf> {
    Some(folder_of(name).canonicalize().ok()?.join(name.file_name()?))
}

/// Whether two names are of one file. Neither is opened: a pipe would hold that up, and to close a file takes away the locks
/// that SQLite has of it in this process.
fn is_same(one: &Path, other: &Path) -> bool {
    identity(one).is_some_and(|one| Some(one) == identity(other))
}

#[cfg(unix)]
fn identity(name: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    metadata(name).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(name: &Path) -> Option<PathBuf> {
    name.canonicalize().ok()
}

/// Refuses to replace what only looks like a file, such as `/dev/null`, or leads to one.
fn regular_or_absent(target: &Path) -> Result<()> {
    match symlink_metadata(target) {
        Ok(there) if !there.is_file() => {
            let message = format!("`{}` is not a regular file; name a file, or a new name", target.display());
            Err(Error::new(Kind::Conflict, message))
        }
        _ => Ok(()),
    }
}

pub(super) fn folder_of(target: &Path) -> &Path {
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

fn not_written(target: &Path, source: io::Error) -> Error {
    let message =
        format!("`{}` cannot be written: {}; choose another place or mend its rights", target.display(), source.kind());
    Error::new(Kind::Unavailable, message).with_source(source)
}
