//! The bytes of an item as DynamoDB counts them.
//!
//! Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats": names and strings are their UTF-8 bytes; a number is
//! about a byte for two significant digits and one more; true, false and null are one byte; a list or map is three bytes and
//! its content, and one byte more for each element or pair.

use serde_json::Value;

use crate::error::Result;
use crate::table::Record;
use crate::table::layout::{DUE_PK, DUE_SK, EXPIRES, EXPIRES_MILLIS, PK, REVISION, SK, WRITE, expires};

/// The bytes of the item that keeps `record`.
///
/// # Errors
/// [`Kind::Internal`](crate::Kind::Internal) for a body that is no JSON object.
pub fn item_bytes(record: &Record) -> Result<usize> {
    let body: serde_json::Map<String, Value> = record.body.decode()?;
    let members: usize = body.iter().map(|(name, value)| name.len() + value_bytes(value)).sum();
    let text = |name: &str, text: &str| name.len() + text.len();
    let number = |name: &str, digits: String| name.len() + number_bytes(&digits);
    let life = record
        .expires_at
        .map_or(0, |at| number(EXPIRES, expires(at).to_string()) + number(EXPIRES_MILLIS, at.as_millis().to_string()));
    let own = text(PK, &record.key.pk)
        + text(SK, &record.key.sk)
        + number(REVISION, record.revision.number.to_string())
        + text(WRITE, &record.revision.write.to_string());
    let due = record.due.as_ref().map_or(0, |due| text(DUE_PK, &due.pk) + text(DUE_SK, &due.sk));
    Ok(members + own + life + due)
}

/// The bytes of the index's entry of a record, which has the keys alone.
pub(super) fn entry_bytes(record: &Record) -> usize {
    let due = record.due.as_ref().map_or(0, |due| DUE_PK.len() + due.pk.len() + DUE_SK.len() + due.sk.len());
    PK.len() + record.key.pk.len() + SK.len() + record.key.sk.len() + due
}

pub(super) fn value_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Number(number) => number_bytes(&number.to_string()),
        Value::String(text) => text.len(),
        Value::Array(elements) => 3 + elements.iter().map(|element| 1 + value_bytes(element)).sum::<usize>(),
        Value::Object(members) => {
            3 + members.iter().map(|(name, value)| 1 + name.len() + value_bytes(value)).sum::<usize>()
        }
    }
}

fn number_bytes(digits: &str) -> usize {
    let sign = usize::from(digits.starts_with('-'));
    let significant: String = digits.chars().filter(char::is_ascii_digit).collect();
    // Zeros at either end are no significant digits.
    let significant = significant.trim_matches('0').len();
    significant.div_ceil(2) + 1 + sign
}
