//! The items of the model: in the order of their keys, and as records for whoever looks from below.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};
use wishlist_core::clock::Timestamp;
use wishlist_core::table::layout::{DUE_PK, DUE_SK, EXPIRES, PK, SK};
use wishlist_core::table::{Body, DueKey, Key, Record, Revision};

use super::expressions::Attributes;

/// DynamoDB's limit of an item.
pub(super) const MAX_ITEM_BYTES: usize = 400 * 1024;

/// All items.
pub(super) type Items = BTreeMap<(String, String), Attributes>;

/// The most bytes of a partition's key, of the table and of the index, and of a sort key.
const MAX_KEY_BYTES: [(&str, usize); 4] = [(PK, 2048), (SK, 1024), (DUE_PK, 2048), (DUE_SK, 1024)];

/// Whether the keys among these attributes are such as may be kept.
///
/// # Errors
/// Those that may not, by name.
pub(super) fn may_be_kept(attributes: &Attributes) -> Result<(), String> {
    for (name, most) in MAX_KEY_BYTES {
        if text(attributes, name).is_some_and(|text| text.is_empty() || text.len() > most) {
            return Err(format!("a key `{name}` that is empty, or of more than {most} bytes"));
        }
    }
    Ok(())
}

/// The key that these attributes are, and nothing else.
///
/// # Errors
/// Where they are more, or none.
pub(super) fn key_alone(attributes: &Attributes) -> Result<(String, String), String> {
    match attributes.keys().find(|name| ![PK, SK].contains(&name.as_str())) {
        Some(other) => Err(format!("a key with `{other}`")),
        None => key_of(attributes),
    }
}

/// The key among these attributes.
///
/// # Errors
/// Where they have none.
pub(super) fn key_of(attributes: &Attributes) -> Result<(String, String), String> {
    let part = |name: &str| text(attributes, name).ok_or_else(|| format!("a key without `{name}`"));
    Ok((part(PK)?, part(SK)?))
}

pub(super) fn text(attributes: &Attributes, name: &str) -> Option<String> {
    Some(attributes.get(name)?["S"].as_str()?.to_owned())
}

/// The bytes that DynamoDB counts of an item: names, and values by their types.
pub(super) fn size(attributes: &Attributes) -> usize {
    attributes.iter().map(|(name, value)| name.len() + size_of(value)).sum()
}

/// A number counts by pairs of its digits, and a list and a map three bytes, and one more for each value in them.
fn size_of(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else { return 0 };
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        ("L", Value::Array(values)) => 3 + values.iter().map(|value| 1 + size_of(value)).sum::<usize>(),
        ("M", Value::Object(members)) => 3 + members.len() + size(members),
        _ => 1,
    }
}

/// The record of an item; `None` of one that is none.
pub(super) fn record_of(item: &Attributes) -> Option<Record> {
    const OURS: [&str; 8] = [PK, SK, DUE_PK, DUE_SK, EXPIRES, "ExpiresMillis", "Revision", "WriteId"];
    let number = |name: &str| item.get(name)?["N"].as_str()?.parse::<i64>().ok();
    let body: Option<Map<_, _>> = item
        .iter()
        .filter(|(name, _)| !OURS.contains(&name.as_str()))
        .map(|(name, value)| Some((name.clone(), json_of(value)?)))
        .collect();
    Some(Record {
        key: Key { pk: text(item, PK)?, sk: text(item, SK)? },
        revision: Revision {
            number: u64::try_from(number("Revision")?).ok()?,
            write: text(item, "WriteId")?.parse().ok()?,
        },
        expires_at: number("ExpiresMillis").map(Timestamp::from_millis),
        due: text(item, DUE_PK).zip(text(item, DUE_SK)).map(|(pk, sk)| DueKey { pk, sk }),
        body: Body::from_json(Value::Object(body?).to_string()),
    })
}

/// The JSON of an attribute's value.
fn json_of(value: &Value) -> Option<Value> {
    let (kind, value) = value.as_object()?.iter().next()?;
    Some(match kind.as_str() {
        "S" | "BOOL" => value.clone(),
        "N" => Value::Number(value.as_str()?.parse::<Number>().ok()?),
        "NULL" => Value::Null,
        "L" => value.as_array()?.iter().map(json_of).collect::<Option<Vec<_>>>()?.into(),
        "M" => {
            let members = value.as_object()?.iter();
            Value::Object(members.map(|(name, value)| Some((name.clone(), json_of(value)?))).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
