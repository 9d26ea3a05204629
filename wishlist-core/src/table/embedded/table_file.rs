//! A table's file as a program beside the servers sees it: to be copied, looked through, put in another's place.

use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema::{BUSY_TIMEOUT, Differences, differences, explain, read_marks, too_new};
use super::snapshot::Snapshot;
use super::transfer::{self, Existing, Progress};
use crate::check::{Report, Rule, check};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};

/// The most faults that SQLite's own check names.
const MOST_FAULTS: u32 = 100;

/// What to do about a file that is of no use.
const ANOTHER: &str = "name a file that `backup` wrote, or the `wishlist.db` of a data directory";

/// The file of a table, or a backup of one. It is read and never changed; servers may be writing to it.
pub struct TableFile {
    connection: Connection,
    path: PathBuf,
    place: String,
    schema: usize,
}

impl TableFile {
    /// Opens the file at `path`, which must be there.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for what is no table's file, is damaged, or is of a newer version; [`Kind::Unavailable`] for
    /// what is not there or cannot be read. The message names the path and what to do.
    pub fn open(path: &Path) -> Result<Self> {
        let place = path.display().to_string();
        let unreadable = |source: std::io::Error| {
            let message = format!("`{place}` cannot be read: {}; {ANOTHER}", source.kind());
            Error::new(Kind::Unavailable, message).with_source(source)
        };
        // Before it is opened: that would wait at a pipe, and do things to a device.
        if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(Error::new(Kind::Invalid, format!("`{place}` is not a regular file; {ANOTHER}")));
        }
        std::fs::File::open(path).map_err(unreadable)?;
        let refuse = |source| refusal(source, &place);
        // Open for writing, without being written to: the last one to close a file takes its log away.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(refuse)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(refuse)?;
        connection.pragma_update(None, "query_only", true).map_err(refuse)?;
        let marks = read_marks(&mut connection).map_err(refuse)?;
        if !marks.are_ours() {
            return Err(not_ours(&place));
        }
        if marks.are_newer() {
            return Err(too_new(&marks, &place, "name an older file"));
        }
        Ok(Self { connection, schema: marks.version, path: path.to_owned(), place })
    }

    /// The version of its schema.
    pub fn schema(&self) -> usize {
        self.schema
    }

    /// What SQLite finds wrong with the file itself, in its words; nothing where it is whole. Reads all of the file.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where it cannot be read.
    pub fn integrity(&self) -> Result<Vec<String>> {
        transfer::integrity(&self.connection, MOST_FAULTS).map_err(|source| refusal(source, &self.place))
    }

    /// Tables, indexes, triggers and views that its schema has not: what somebody else has put in. Empty where all is its own.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where it cannot be read.
    pub fn foreign(&self) -> Result<Vec<String>> {
        Ok(self.differences()?.foreign)
    }

    /// What its schema has and it has not, or in another form. Records cannot be relied upon to be found then.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where it cannot be read.
    pub fn lacking(&self) -> Result<Vec<String>> {
        Ok(self.differences()?.lacking)
    }

    fn differences(&self) -> Result<Differences> {
        differences(&self.connection).map_err(|source| refusal(source, &self.place))
    }

    /// Whether the records go together, as of `now`: those of the domain, and by `more` those of other crates.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where it cannot be read. What does not go together is no error but in the report.
    pub fn check(&self, now: Timestamp, more: &[Rule]) -> Result<Report> {
        Snapshot::of(&self.connection, &self.place, now, |snapshot| check(snapshot, now, more))
    }

    /// Writes a copy to `target`, as of one moment: whole, checked and on the disk before it has its name, its owner's alone.
    /// `watch` is told how far it is and may end it; nothing is left behind then.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where there is such a file and it is to stay, where it is part of the table itself, or is no
    /// regular file; [`Kind::Unavailable`] where the place does not take it; [`Kind::Invalid`] where this file is damaged.
    pub fn back_up(
        &self,
        target: &Path,
        existing: Existing,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<()> {
        transfer::back_up(&self.connection, &self.path, target, existing, watch)
    }

    /// Puts a copy in the place of the table's file at `target`. Nobody may have that open; what was there is kept beside
    /// under the name that is answered.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where there is such a file and it is to stay, or is no regular file; [`Kind::Unavailable`] where a
    /// server has it open, or the place does not take it; [`Kind::Invalid`] where this file is damaged, or its schema is not
    /// the one of its version: a trigger in it would be run by the server.
    pub fn restore(
        &self,
        target: &Path,
        existing: Existing,
        now: Timestamp,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<PathBuf>> {
        transfer::restore(&self.connection, &self.path, target, existing, now, watch)
    }
}

/// An error of SQLite about a file that somebody named.
pub(super) fn refusal(source: rusqlite::Error, place: &str) -> Error {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_ours(place).with_source(source),
        Some(ErrorCode::DatabaseCorrupt) => damaged(place).with_source(source),
        _ => explain(source, place),
    }
}

pub(super) fn damaged(place: &str) -> Error {
    Error::new(Kind::Invalid, format!("`{place}` is damaged or cut off; take an older backup"))
}

fn not_ours(place: &str) -> Error {
    Error::new(Kind::Invalid, format!("`{place}` is not a Smart Wishlist database; {ANOTHER}"))
}

impl fmt::Debug for TableFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableFile").field("place", &self.place).finish_non_exhaustive()
    }
}
