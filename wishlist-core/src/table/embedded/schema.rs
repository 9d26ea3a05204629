//! The file: its rights, its marks, its schema and the way from older ones.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior, ffi};

use crate::error::{Error, Kind, Result};

/// `SWsh` as SQLite's `application_id`: tells our files from other programs'.
pub(super) const APPLICATION_ID: i32 = 0x5357_7368;

/// How long a connection waits for another process's write.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The steps from an empty file to the present schema; a file's `user_version` says how many it has seen.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE records (
        pk TEXT NOT NULL,
        sk TEXT NOT NULL,
        revision INTEGER NOT NULL,
        write_id TEXT NOT NULL,
        expires_at INTEGER,
        due_pk TEXT,
        due_sk TEXT,
        body TEXT NOT NULL,
        PRIMARY KEY (pk, sk)
    ) WITHOUT ROWID;
    CREATE INDEX records_due ON records (due_pk, due_sk) WHERE due_pk IS NOT NULL;
    CREATE INDEX records_expires_at ON records (expires_at) WHERE expires_at IS NOT NULL;
    ",
    // A row of more than a quarter of a page goes on in further pages where it is part of an index, and SQLite reads all of
    // them to compare its key. So the rows are a table of their own, and the index has the keys alone.
    "
    ALTER TABLE records RENAME TO records_1;
    DROP INDEX records_due;
    DROP INDEX records_expires_at;
    CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        pk TEXT NOT NULL,
        sk TEXT NOT NULL,
        revision INTEGER NOT NULL,
        write_id TEXT NOT NULL,
        expires_at INTEGER,
        due_pk TEXT,
        due_sk TEXT,
        body TEXT NOT NULL,
        UNIQUE (pk, sk)
    );
    INSERT INTO records (pk, sk, revision, write_id, expires_at, due_pk, due_sk, body)
        SELECT pk, sk, revision, write_id, expires_at, due_pk, due_sk, body FROM records_1 ORDER BY pk, sk;
    DROP TABLE records_1;
    CREATE INDEX records_due ON records (due_pk, due_sk) WHERE due_pk IS NOT NULL;
    CREATE INDEX records_expires_at ON records (expires_at) WHERE expires_at IS NOT NULL;
    ",
];

/// Makes the directory (0700) where there is none.
pub(super) fn prepare_directory(path: &Path) -> Result<()> {
    match path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        Some(directory) => make_directory(directory).map_err(|source| cannot_be_written(path, source)),
        None => Ok(()),
    }
}

/// Makes the file (0600) where there is none.
pub(super) fn prepare_file(path: &Path) -> Result<()> {
    make_file(path).map(drop).map_err(|source| cannot_be_written(path, source))
}

/// Gives what the administrator made in a directory to the directory's owner: a server that runs as somebody else has to open
/// it. For all others it belongs to them already, or they may not give it away.
#[cfg(unix)]
pub(super) fn give_to_owner_of(directory: &Path, path: &Path) {
    use std::os::unix::fs::{MetadataExt, chown};
    if let (Ok(directory), Ok(file)) = (std::fs::metadata(directory), std::fs::metadata(path))
        && directory.uid() != file.uid()
    {
        drop(chown(path, Some(directory.uid()), Some(directory.gid())));
    }
}

#[cfg(not(unix))]
pub(super) fn give_to_owner_of(_: &Path, _: &Path) {}

/// The error of a place in the data directory that does not take a file.
pub(super) fn cannot_be_written(path: &Path, source: std::io::Error) -> Error {
    let message = format!(
        "`{}` cannot be written: {}; choose another data directory or mend its rights",
        path.display(),
        source.kind()
    );
    Error::new(Kind::Unavailable, message).with_source(source)
}

fn make_directory(path: &Path) -> std::io::Result<()> {
    let mut directories = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut directories, 0o700);
    directories.recursive(true).create(path)
}

pub(super) fn make_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.read(true).write(true).create(true).truncate(false).open(path)
}

/// Sets a connection up and brings the file to the present schema. `place` is named in messages.
pub(super) fn set_up(connection: &mut Connection, place: &str) -> Result<()> {
    let outcome = (|| {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(32);
        // Every query goes by key; without this SQLite plans a range anew whenever its bounds change, a tenth of a read.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let marks = read_marks(connection)?;
        if let Err(refusal) = check_marks(&marks, place) {
            return Ok(Err(refusal));
        }
        use_log(connection, || std::thread::sleep(Duration::from_millis(5)))?;
        connection.execute_batch("PRAGMA synchronous = FULL")?;
        if marks.version < MIGRATIONS.len() {
            migrate(connection)?;
        }
        Ok(Ok(()))
    })();
    outcome.map_err(|source| explain(source, place))?
}

/// What a file says about itself.
pub(super) struct Marks {
    application: i32,
    pub(super) version: usize,
    tables: i64,
}

impl Marks {
    /// Whether the file is ours: a new one, of which nothing can be said yet, is not.
    pub(super) fn are_ours(&self) -> bool {
        self.application == APPLICATION_ID
    }

    /// Whether this program is too old for the file.
    pub(super) fn are_newer(&self) -> bool {
        self.version > MIGRATIONS.len()
    }
}

/// In one transaction: between two reads another process may make the schema.
pub(super) fn read_marks(connection: &mut Connection) -> rusqlite::Result<Marks> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
    let marks = Marks {
        tables: transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
        application: transaction.query_row("PRAGMA application_id", [], |row| row.get(0))?,
        version: transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?,
    };
    transaction.commit()?;
    Ok(marks)
}

/// Where the schema of a file is not the one of its version.
pub(super) struct Differences {
    /// What the version has not.
    pub(super) foreign: Vec<String>,
    /// What the version has and the file has not, or in another form.
    pub(super) lacking: Vec<String>,
}

impl Differences {
    pub(super) fn all(&self) -> Vec<&str> {
        self.foreign.iter().chain(&self.lacking).map(String::as_str).collect()
    }
}

/// Compares with what the steps make of an empty file. A file that came by another way, over an older schema, has the same text.
pub(super) fn differences(connection: &Connection) -> rusqlite::Result<Differences> {
    let version: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let fresh = Connection::open_in_memory()?;
    for step in MIGRATIONS.iter().take(version) {
        fresh.execute_batch(step)?;
    }
    let (ours, theirs) = (objects(&fresh)?, objects(connection)?);
    let told = |these: &BTreeSet<Object>, others: &BTreeSet<Object>, what: &str| {
        let missing = these.difference(others);
        missing.map(|(kind, name, ..)| format!("{kind} `{}` is {what} schema {version}", name.escape_debug())).collect()
    };
    let foreign = told(&theirs, &ours, "not of");
    Ok(Differences { foreign, lacking: told(&ours, &theirs, "missing or not as in") })
}

/// Type, name, table and statement, which an index that SQLite makes by itself has not.
type Object = (String, String, String, Option<String>);

fn objects(connection: &Connection) -> rusqlite::Result<BTreeSet<Object>> {
    // A file that was tampered with may hold anything in these columns.
    let columns = ["type", "name", "tbl_name"].map(|column| format!("coalesce(CAST({column} AS TEXT), '')"));
    let select = format!("SELECT {}, CAST(sql AS TEXT) FROM sqlite_schema", columns.join(", "));
    let mut statement = connection.prepare(&select)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    rows.collect()
}

/// Turns the write-ahead log on. SQLite answers `busy` at once where another process is just doing the same, whatever the
/// time-out of the connection says; then there is a `pause`, and it is tried again.
pub(super) fn use_log(connection: &Connection, mut pause: impl FnMut()) -> rusqlite::Result<()> {
    let started = Instant::now();
    loop {
        match connection.execute_batch("PRAGMA journal_mode = WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && started.elapsed() < BUSY_TIMEOUT =>
            {
                pause();
            }
            other => return other,
        }
    }
}

fn check_marks(marks: &Marks, place: &str) -> Result<()> {
    if !marks.are_ours() && (marks.application != 0 || marks.tables != 0 || marks.version != 0) {
        return Err(not_ours(place));
    }
    if marks.are_newer() {
        return Err(too_new(marks, place, "choose another data directory"));
    }
    Ok(())
}

/// The error of a file of a newer schema. `or` says what else there is to do than to upgrade.
pub(super) fn too_new(marks: &Marks, place: &str, or: &str) -> Error {
    let (theirs, ours) = (marks.version, MIGRATIONS.len());
    let message = format!(
        "`{place}` was written by a newer version (schema {theirs}, this program knows {ours}); upgrade this program, or {or}"
    );
    Error::new(Kind::Invalid, message)
}

/// All steps in one transaction: a crash half-way leaves the old schema. Another process may have been quicker, so the
/// version is read again inside.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let seen: usize = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for step in MIGRATIONS.iter().skip(seen) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()
}

fn not_ours(place: &str) -> Error {
    Error::new(
        Kind::Invalid,
        format!("`{place}` is not a Smart Wishlist database; it was left as it is, choose another data directory"),
    )
}

/// An SQLite error in the terms of what to do about it.
pub(super) fn explain(source: rusqlite::Error, place: &str) -> Error {
    // SQLite tells of memory that it lacked while it read or wrote as of a fault of the disk.
    let lacked_memory = source.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_NOMEM);
    let code = if lacked_memory { Some(ErrorCode::OutOfMemory) } else { source.sqlite_error_code() };
    let (kind, message) = match code {
        Some(ErrorCode::NotADatabase) => return not_ours(place).with_source(source),
        Some(ErrorCode::DiskFull) => {
            (Kind::Unavailable, format!("the disk that holds `{place}` is full; free some space and try again"))
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => (
            Kind::Unavailable,
            format!("`{place}` cannot be written; choose another data directory or mend its rights"),
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (Kind::Unavailable, format!("another process holds `{place}`; try again"))
        }
        Some(ErrorCode::SystemIoFailure) => {
            (Kind::Unavailable, format!("`{place}` could not be read or written; check the disk"))
        }
        Some(ErrorCode::OutOfMemory) => {
            (Kind::Unavailable, format!("there was no memory left for `{place}`; give the process more, or try again"))
        }
        Some(ErrorCode::DatabaseCorrupt) => (Kind::Internal, format!("`{place}` is damaged; restore it from a backup")),
        _ => (Kind::Internal, format!("`{place}` did not take a statement")),
    };
    Error::new(kind, message).with_source(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_meets_is_said_with_what_to_do() {
        for (code, kind, expected) in [
            (ffi::SQLITE_FULL, Kind::Unavailable, "the disk that holds `x.db` is full; free some space and try again"),
            (
                ffi::SQLITE_READONLY,
                Kind::Unavailable,
                "`x.db` cannot be written; choose another data directory or mend its rights",
            ),
            (ffi::SQLITE_BUSY, Kind::Unavailable, "another process holds `x.db`; try again"),
            (ffi::SQLITE_IOERR_FSYNC, Kind::Unavailable, "`x.db` could not be read or written; check the disk"),
            (
                ffi::SQLITE_NOMEM,
                Kind::Unavailable,
                "there was no memory left for `x.db`; give the process more, or try again",
            ),
            (
                ffi::SQLITE_IOERR_NOMEM,
                Kind::Unavailable,
                "there was no memory left for `x.db`; give the process more, or try again",
            ),
            (
                ffi::SQLITE_CANTOPEN,
                Kind::Unavailable,
                "`x.db` cannot be written; choose another data directory or mend its rights",
            ),
            (ffi::SQLITE_LOCKED, Kind::Unavailable, "another process holds `x.db`; try again"),
            (ffi::SQLITE_CORRUPT, Kind::Internal, "`x.db` is damaged; restore it from a backup"),
            (ffi::SQLITE_MISUSE, Kind::Internal, "`x.db` did not take a statement"),
        ] {
            let error = explain(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None), "x.db");
            assert_eq!((error.kind(), &*error.to_string()), (kind, expected), "{code}");
        }
    }
}
