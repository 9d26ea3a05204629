//! The statements that read: one record, or one page of them.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::clock::Timestamp;
use crate::ids::WriteId;
use crate::table::{Body, Direction, DueKey, Key, Known, MAX_PAGE_BYTES, Page, Partition, Query, Record, Revision};

pub(super) fn find(connection: &Connection, key: &Key, now: Timestamp) -> rusqlite::Result<Option<Record>> {
    let mut statement = connection.prepare_cached(
        "SELECT revision, write_id, pk, sk, expires_at, due_pk, due_sk, body FROM records
         WHERE pk = ?1 AND sk = ?2 AND (expires_at IS NULL OR expires_at > ?3)",
    )?;
    statement.query_row(params![key.pk, key.sk, now.as_millis()], record_of).optional()
}

pub(super) fn page(connection: &Connection, query: &Query, now: Timestamp) -> rusqlite::Result<Page<Record>> {
    let (pk, partition, column, body) = match &query.partition {
        Partition::Records(pk) => (pk, "pk", "sk", "body"),
        Partition::Due(pk) => (pk, "due_pk", "due_sk", "'{}'"),
    };
    let known = query.known.as_ref().filter(|_| partition == "pk");
    let columns = match known {
        Some(_) => "sk, write_id".to_owned(),
        None => format!("revision, write_id, pk, sk, expires_at, due_pk, due_sk, {body}"),
    };
    let order = if query.direction == Direction::Forward { "ASC" } else { "DESC" };
    let (from, low, high) = bounds(query);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {columns} FROM records
         WHERE {partition} = ?1 AND {column} {from} ?2 AND {column} < ?3 AND (expires_at IS NULL OR expires_at > ?4)
         ORDER BY {column} {order}"
    ))?;
    let mut rows = statement.query(params![pk, low, high, now.as_millis()])?;
    let (mut items, mut bytes, mut full) = (Vec::new(), 0, false);
    while let Some(row) = rows.next()? {
        // Only a further row tells that there is more; the limits are looked at before it is taken.
        if full {
            let next = items.last().map(|record| sort_key(record, &query.partition));
            return Ok(Page { items, next });
        }
        let record = match known {
            Some(known) => unless_known(connection, pk, row, known, now)?,
            None => Some(record_of(row)?),
        };
        let Some(record) = record else { continue };
        bytes += record.size();
        items.push(record);
        full = items.len() >= query.limit || bytes >= MAX_PAGE_BYTES;
    }
    Ok(Page { items, next: None })
}

/// The record of a row of sort key and write, if it is not known. The row under way holds the moment that both are read at.
fn unless_known(
    connection: &Connection,
    pk: &str,
    row: &Row<'_>,
    known: &Known,
    now: Timestamp,
) -> rusqlite::Result<Option<Record>> {
    let sk = row.get_ref(0)?.as_str()?;
    if known.has(sk, write_of(row)?) {
        return Ok(None);
    }
    find(connection, &Key { pk: pk.to_owned(), sk: sk.to_owned() }, now)
}

/// How the lower bound of a query's sort keys is compared, the bound, and the upper one, which is exclusive.
fn bounds(query: &Query) -> (&'static str, &str, String) {
    let end = format!("{}{}", query.prefix, char::MAX);
    let high = match &query.below {
        Some(below) => below.clone().min(end),
        None => end,
    };
    match (&query.after, query.direction) {
        (Some(after), Direction::Forward) if *after >= query.prefix => (">", after, high),
        (Some(after), Direction::Backward) => (">=", &query.prefix, after.clone().min(high)),
        _ => (">=", &query.prefix, high),
    }
}

fn sort_key(record: &Record, partition: &Partition) -> String {
    match partition {
        Partition::Records(_) => record.key.sk.clone(),
        Partition::Due(_) => record.due.as_ref().map(|due| due.sk.clone()).unwrap_or_default(),
    }
}

pub(super) fn revision_of(row: &Row<'_>) -> rusqlite::Result<Revision> {
    Ok(Revision { number: row.get(0)?, write: write_of(row)? })
}

/// The write, which every statement reads as its second column.
fn write_of(row: &Row<'_>) -> rusqlite::Result<WriteId> {
    let text = row.get_ref(1)?.as_str()?;
    text.parse().map_err(|_| rusqlite::Error::InvalidColumnType(1, "write_id".into(), rusqlite::types::Type::Text))
}

pub(super) fn record_of(row: &Row<'_>) -> rusqlite::Result<Record> {
    let due: (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
    Ok(Record {
        revision: revision_of(row)?,
        key: Key { pk: row.get(2)?, sk: row.get(3)? },
        expires_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
        due: due.0.zip(due.1).map(|(pk, sk)| DueKey { pk, sk }),
        body: Body::from_json(row.get(7)?),
    })
}
