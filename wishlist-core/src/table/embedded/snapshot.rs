//! All records as of one moment, in the order of their keys.

use rusqlite::{Connection, Row};

use super::rows::{find, record_of};
use super::schema::explain;
use crate::check::Source;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::table::{Key, Record};

/// A read transaction. While it is open the log of the file only grows, so it is held for no longer than one reading.
pub(super) struct Snapshot<'a> {
    connection: &'a Connection,
    place: &'a str,
    now: Timestamp,
}

impl Snapshot<'_> {
    /// Looks at what `connection` holds at `now`.
    pub(super) fn of<T>(
        connection: &Connection,
        place: &str,
        now: Timestamp,
        look: impl FnOnce(&Snapshot<'_>) -> Result<T>,
    ) -> Result<T> {
        let transaction = connection.unchecked_transaction().map_err(|source| explain(source, place))?;
        let seen = look(&Snapshot { connection: &transaction, place, now })?;
        transaction.finish().map_err(|source| explain(source, place))?;
        Ok(seen)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }
}

impl Source for Snapshot<'_> {
    fn each(&self, see: &mut dyn FnMut(Key, Option<Record>) -> Result<()>) -> Result<()> {
        let explain = |source| explain(source, self.place);
        let mut statement = self
            .connection
            .prepare("SELECT revision, write_id, pk, sk, expires_at, due_pk, due_sk, body FROM records ORDER BY pk, sk")
            .map_err(explain)?;
        let mut rows = statement.query([]).map_err(explain)?;
        while let Some(row) = rows.next().map_err(explain)? {
            see(key_of(row).map_err(explain)?, record_of(row).ok())?;
        }
        Ok(())
    }

    fn find(&self, key: &Key) -> Result<Option<Record>> {
        find(self.connection, key, self.now).map_err(|source| explain(source, self.place))
    }
}

fn key_of(row: &Row<'_>) -> rusqlite::Result<Key> {
    Ok(Key { pk: row.get(2)?, sk: row.get(3)? })
}
