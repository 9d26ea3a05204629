//! Bytes as capacity units.
//!
//! Amazon DynamoDB Developer Guide, "DynamoDB read and write operations": a read unit is up to 4 KB read as of now, or twice
//! that read eventually; a write unit is up to 1 KB written; a transaction takes two for each. The larger of an item's sizes
//! before and after counts. What is not there costs as much as the smallest item.

use super::size::{entry_bytes, item_bytes};
use crate::error::Result;
use crate::table::{Change, Record};

/// The bytes of one read unit.
pub const READ_UNIT_BYTES: usize = 4096;
/// The bytes of one write unit.
pub const WRITE_UNIT_BYTES: usize = 1024;

/// Of what kind a read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// As of now.
    Strong,
    /// Of an index.
    Eventual,
}

/// The units of reading so many bytes at once: those of one item, or of all items of a query's page.
pub(super) fn read(bytes: usize, kind: Read) -> f64 {
    let units = units(bytes, READ_UNIT_BYTES);
    match kind {
        Read::Strong => units,
        Read::Eventual => units / 2.0,
    }
}

/// Of what a write is a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It is a request of its own.
    Alone,
    /// A transaction prepares it and then makes it.
    OfTransaction,
}

/// The units of one change of what was there `before`.
pub(super) fn write(change: &Change, before: Option<&Record>, part: Part) -> Result<f64> {
    let after = match change {
        Change::Put(record, _) => Some(record),
        Change::Delete(..) => None,
        Change::Check(..) => before,
    };
    let bytes = |record: Option<&Record>| record.map_or(Ok(0), item_bytes);
    let item = units(bytes(before)?.max(bytes(after)?), WRITE_UNIT_BYTES);
    let item = match part {
        Part::Alone => item,
        Part::OfTransaction => item * 2.0,
    };
    Ok(item + index(before, after))
}

/// The units of the index, which is written behind the item and so once: an entry that moves is removed and put.
fn index(before: Option<&Record>, after: Option<&Record>) -> f64 {
    let entry = |record: Option<&Record>| record.filter(|record| record.due.is_some()).map(entry_units);
    let due = |record: Option<&Record>| record.and_then(|record| record.due.clone());
    if due(before) == due(after) {
        return 0.0;
    }
    entry(before).unwrap_or_default() + entry(after).unwrap_or_default()
}

fn entry_units(record: &Record) -> f64 {
    units(entry_bytes(record), WRITE_UNIT_BYTES)
}

#[expect(clippy::cast_precision_loss, reason = "a commit and a page are a few megabytes at most")]
fn units(bytes: usize, of: usize) -> f64 {
    bytes.div_ceil(of).max(1) as f64
}
