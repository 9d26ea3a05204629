//! A record as a DynamoDB item: what a table keeps of it, and each member of its body, as attributes of their own.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Kind, Result};
use crate::table::layout::{DUE_PK, DUE_SK, EXPIRES, EXPIRES_MILLIS, PK, REVISION, SK, WRITE, expires};
use crate::table::{Key, Record};

/// Attributes that are no member of a body.
const OURS: [&str; 8] = [PK, SK, REVISION, WRITE, EXPIRES, EXPIRES_MILLIS, DUE_PK, DUE_SK];

/// The attributes of an item.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// The item of a record.
///
/// # Errors
/// [`Kind::Internal`] for a body that is no JSON object, or that has a member of a name that the table uses itself.
pub(super) fn of_record(record: &Record) -> Result<Attributes> {
    let body: HashMap<String, Attribute> = serde_json::from_str(record.body.as_json())
        .map_err(|source| Error::new(Kind::Internal, "a record's body is not a JSON object").with_source(source))?;
    if let Some(name) = OURS.iter().find(|name| body.contains_key(**name)) {
        return Err(Error::new(Kind::Internal, format!("`{name}` is the table's own and no member of a body")));
    }
    let mut item: Attributes = body.into_iter().map(|(name, Attribute(value))| (name, value)).collect();
    let mut keep = |name: &str, value| item.insert(name.to_owned(), value);
    keep(PK, text(&record.key.pk));
    keep(SK, text(&record.key.sk));
    keep(REVISION, number(&record.revision.number));
    keep(WRITE, text(&record.revision.write));
    if let Some(at) = record.expires_at {
        keep(EXPIRES, number(&expires(at)));
        keep(EXPIRES_MILLIS, number(&at.as_millis()));
    }
    if let Some(due) = &record.due {
        keep(DUE_PK, text(&due.pk));
        keep(DUE_SK, text(&due.sk));
    }
    Ok(item)
}

/// The attributes of a key.
pub(super) fn of_key(key: &Key) -> Attributes {
    HashMap::from([(PK.to_owned(), text(&key.pk)), (SK.to_owned(), text(&key.sk))])
}

/// The attributes of a record's place in what was queried: its key, and its key in the index where it has one.
pub(super) fn of_place(record: &Record) -> Attributes {
    let mut place = of_key(&record.key);
    if let Some(due) = &record.due {
        place.extend([(DUE_PK.to_owned(), text(&due.pk)), (DUE_SK.to_owned(), text(&due.sk))]);
    }
    place
}

pub(super) fn text(value: &(impl ToString + ?Sized)) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

pub(super) fn number(value: &(impl ToString + ?Sized)) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The attribute of a JSON value.
struct Attribute(AttributeValue);

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Value).map(Self)
    }
}

struct Value;

impl<'de> Visitor<'de> for Value {
    type Value = AttributeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<AttributeValue, E> {
        Ok(AttributeValue::Null(true))
    }

    fn visit_bool<E>(self, value: bool) -> Result<AttributeValue, E> {
        Ok(AttributeValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<AttributeValue, E> {
        Ok(number(&value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<AttributeValue, E> {
        Ok(number(&value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<AttributeValue, E> {
        Ok(number(&value))
    }

    fn visit_str<E>(self, value: &str) -> Result<AttributeValue, E> {
        Ok(text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<AttributeValue, A::Error> {
        let mut list = Vec::new();
        while let Some(Attribute(value)) = elements.next_element()? {
            list.push(value);
        }
        Ok(AttributeValue::L(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<AttributeValue, A::Error> {
        let mut map = HashMap::new();
        while let Some((name, Attribute(value))) = members.next_entry()? {
            map.insert(name, value);
        }
        Ok(AttributeValue::M(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Body, Revision};

    #[test]
    fn a_body_has_no_member_that_is_the_tables_own() {
        for (body, expected) in
            [("{\"Name\":1}", true), ("{\"PK\":1}", false), ("{\"DueSK\":null}", false), ("[]", false), ("1", false)]
        {
            let record = Record {
                key: Key { pk: "P".to_owned(), sk: "S".to_owned() },
                revision: Revision { number: 1, write: uuid::Uuid::nil().into() },
                expires_at: None,
                due: None,
                body: Body::from_json(body.to_owned()),
            };
            assert_eq!(of_record(&record).is_ok(), expected, "{body}");
        }
    }
}
