//! The text of a response as records.
//!
//! An item's attributes stay as they came until it is known whether the record is wanted: of fifty items that the caller has
//! it takes a third of the time. A member of a body is written as JSON while it is read, without a value between.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::clock::Timestamp;
use crate::ids::WriteId;
use crate::table::layout::{DUE_PK, DUE_SK, EXPIRES, EXPIRES_MILLIS, PK, REVISION, SK, WRITE};
use crate::table::{Body, DueKey, Key, Record, Revision};

/// What an item of middling size takes as JSON, to save growing.
const BODY_BYTES: usize = 1024;

/// As many attributes as a visited item has, to save growing.
const ATTRIBUTES: usize = 24;

/// What a response to `GetItem`, `BatchGetItem` or `Query` may hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound(deserialize = "Found: Deserialize<'de>"))]
pub(super) struct Response<Found = Row> {
    pub(super) item: Option<Row>,
    #[serde(default = "Vec::new")]
    pub(super) items: Vec<Found>,
    /// By the table's name.
    #[serde(default)]
    pub(super) responses: HashMap<String, Vec<Row>>,
    /// By the table's name.
    #[serde(default)]
    pub(super) unprocessed_keys: HashMap<String, Unprocessed>,
    pub(super) last_evaluated_key: Option<Row>,
    /// How many items were looked at.
    #[serde(default)]
    pub(super) scanned_count: usize,
    pub(super) consumed_capacity: Option<Consumed>,
}

impl Response {
    /// The response of this text, without the items of which `known` says that they may be left out.
    pub(super) fn without(text: &str, known: impl Fn(&str, WriteId) -> bool) -> serde_json::Result<Self> {
        let all: Response<Attributes<'_>> = serde_json::from_str(text)?;
        let mut items = Vec::new();
        for attributes in all.items {
            let place = attributes.place()?;
            if !place.is_some_and(|(sk, write)| known(&sk, write)) {
                items.push(Row(attributes.record()?));
            }
        }
        let Response {
            item, responses, unprocessed_keys, last_evaluated_key, scanned_count, consumed_capacity, ..
        } = all;
        Ok(Self { item, items, responses, unprocessed_keys, last_evaluated_key, scanned_count, consumed_capacity })
    }
}

/// Keys that were passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Unprocessed {
    pub(super) keys: Vec<Row>,
}

/// Capacity, of one table or of each.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Consumed {
    Table(Capacity),
    Tables(Vec<Capacity>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Capacity {
    capacity_units: f64,
}

impl Consumed {
    pub(super) fn units(&self) -> f64 {
        match self {
            Self::Table(capacity) => capacity.capacity_units,
            Self::Tables(all) => all.iter().map(|capacity| capacity.capacity_units).sum(),
        }
    }
}

/// An item, or the key of one: then with an empty body, and of no revision.
#[derive(Debug)]
pub(super) struct Row(pub(super) Record);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Attributes::deserialize(deserializer)?.record().map(Self).map_err(D::Error::custom)
    }
}

/// The attributes of an item, each as it came.
#[derive(Debug)]
struct Attributes<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Attributes<'_> {
    /// Sort key and write of a record; none of one that may have expired.
    fn place(&self) -> serde_json::Result<Option<(Cow<'_, str>, WriteId)>> {
        let get = |wanted: &str| self.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.get());
        let (None, Some(sk), Some(write)) = (get(EXPIRES_MILLIS), get(SK), get(WRITE)) else { return Ok(None) };
        let (sk, write): (Text<'_>, Text<'_>) = (serde_json::from_str(sk)?, serde_json::from_str(write)?);
        Ok(Some((sk.text, write.parse()?)))
    }

    fn record(self) -> serde_json::Result<Record> {
        let (mut pk, mut sk, mut due_pk, mut due_sk) = (String::new(), String::new(), None, None);
        let (mut number, mut write, mut expires_at) = (0, WriteId::from(uuid::Uuid::nil()), None);
        let mut body = String::with_capacity(BODY_BYTES);
        body.push('{');
        for (name, value) in self.0 {
            let value = value.get();
            match &*name {
                PK => pk = Text::owned(value)?,
                SK => sk = Text::owned(value)?,
                REVISION => number = serde_json::from_str::<Number<'_>>(value)?.parse()?,
                WRITE => write = serde_json::from_str::<Text<'_>>(value)?.parse()?,
                EXPIRES => {}
                EXPIRES_MILLIS => {
                    expires_at = Some(Timestamp::from_millis(serde_json::from_str::<Number<'_>>(value)?.parse()?));
                }
                DUE_PK => due_pk = Some(Text::owned(value)?),
                DUE_SK => due_sk = Some(Text::owned(value)?),
                _ => {
                    begin_member(&mut body, name)?;
                    Attribute(&mut body).deserialize(&mut serde_json::Deserializer::from_str(value))?;
                }
            }
        }
        body.push('}');
        Ok(Record {
            key: Key { pk, sk },
            revision: Revision { number, write },
            expires_at,
            due: due_pk.zip(due_sk).map(|(pk, sk)| DueKey { pk, sk }),
            body: Body::from_json(body),
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Attributes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Item)
    }
}

struct Item;

impl<'de> Visitor<'de> for Item {
    type Value = Attributes<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut attributes: A) -> Result<Attributes<'de>, A::Error> {
        let mut all = Vec::with_capacity(ATTRIBUTES);
        while let Some(Name(name)) = attributes.next_key()? {
            all.push((name, attributes.next_value()?));
        }
        Ok(Attributes(all))
    }
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Text<'a> {
    #[serde(rename = "S", borrow)]
    text: Cow<'a, str>,
}

impl Text<'_> {
    fn owned(value: &str) -> serde_json::Result<String> {
        Ok(serde_json::from_str::<Text<'_>>(value)?.text.into_owned())
    }

    fn parse<T: std::str::FromStr<Err: fmt::Display>>(&self) -> serde_json::Result<T> {
        self.text.parse().map_err(serde_json::Error::custom)
    }
}

#[derive(Deserialize)]
struct Number<'a> {
    #[serde(rename = "N", borrow)]
    digits: Cow<'a, str>,
}

impl Number<'_> {
    fn parse<T: std::str::FromStr<Err: fmt::Display>, E: serde::de::Error>(&self) -> Result<T, E> {
        self.digits.parse().map_err(E::custom)
    }
}

/// Writes an attribute's value as JSON.
struct Attribute<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Attribute<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Attribute<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute of the type S, N, BOOL, NULL, M or L")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut value: A) -> Result<(), A::Error> {
        let Some(Name(kind)) = value.next_key()? else { return Err(A::Error::custom("an attribute without a type")) };
        match &*kind {
            "S" => push_text(self.0, value.next_value::<&RawValue>()?.get())?,
            "N" => self.0.push_str(value.next_value::<&RawValue>()?.get().trim_matches('"')),
            "BOOL" => self.0.push_str(value.next_value::<&RawValue>()?.get()),
            "NULL" => {
                value.next_value::<IgnoredAny>()?;
                self.0.push_str("null");
            }
            "M" => value.next_value_seed(Members(self.0))?,
            "L" => value.next_value_seed(Elements(self.0))?,
            _ => return Err(A::Error::custom("an attribute of a type that no body has")),
        }
        match value.next_key::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(A::Error::custom("an attribute of two types")),
        }
    }
}

/// Writes a map as a JSON object.
struct Members<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.push('{');
        while let Some(Name(name)) = members.next_key()? {
            begin_member(self.0, name)?;
            members.next_value_seed(Attribute(self.0))?;
        }
        self.0.push('}');
        Ok(())
    }
}

/// Writes a list as a JSON array.
struct Elements<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of attributes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        self.0.push('[');
        loop {
            let before = self.0.len();
            if !self.0.ends_with('[') {
                self.0.push(',');
            }
            if elements.next_element_seed(Attribute(self.0))?.is_none() {
                self.0.truncate(before);
                break;
            }
        }
        self.0.push(']');
        Ok(())
    }
}

fn begin_member<E: serde::de::Error>(json: &mut String, name: Cow<'_, str>) -> Result<(), E> {
    if !json.ends_with('{') {
        json.push(',');
    }
    match name {
        // A name that needed no escape to be read needs none to be written.
        Cow::Borrowed(name) => json.extend(["\"", name, "\""]),
        Cow::Owned(name) => write_text(json, &name)?,
    }
    json.push(':');
    Ok(())
}

/// Appends a string of the response, quotes included. Nearly all are JSON as we write it; one with escapes is written anew,
/// for there is more than one way to write those.
fn push_text<E: serde::de::Error>(json: &mut String, raw: &str) -> Result<(), E> {
    if raw.contains('\\') {
        let text: String = serde_json::from_str(raw).map_err(E::custom)?;
        return write_text(json, &text);
    }
    json.push_str(raw);
    Ok(())
}

fn write_text<E: serde::de::Error>(json: &mut String, text: &str) -> Result<(), E> {
    json.push_str(&serde_json::to_string(text).map_err(E::custom)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::table::dynamodb::attributes;

    fn read(item: &Value) -> serde_json::Result<Record> {
        serde_json::from_str::<Row>(&item.to_string()).map(|Row(record)| record)
    }

    #[test]
    fn every_type_is_read_as_json() {
        let item = json!({
            "PK": {"S": "P"}, "SK": {"S": "S"}, "Revision": {"N": "3"}, "ExpiresMillis": {"N": "1500"}, "Expires": {"N": "2"},
            "WriteId": {"S": "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a10"}, "DueSK": {"S": "1"}, "DuePK": {"S": "DUE#00"},
            "Body": {"M": {
                "Text": {"S": "a \"b\" \u{7}"}, "Empty": {"S": ""}, "Number": {"N": "-12"}, "Yes": {"BOOL": true},
                "None": {"NULL": true}, "List": {"L": [{"N": "1"}, {"L": []}, {"M": {}}, {"L": [{"S": "["}]}]},
            }},
        });
        let record = read(&item).unwrap();
        assert_eq!((record.key.pk.as_str(), record.key.sk.as_str(), record.revision.number), ("P", "S", 3));
        assert_eq!(record.expires_at, Some(Timestamp::from_millis(1500)));
        assert_eq!(record.due, Some(DueKey { pk: "DUE#00".to_owned(), sk: "1".to_owned() }));
        let body: Value = record.body.decode().unwrap();
        let expected = json!({
            "Text": "a \"b\" \u{7}", "Empty": "", "Number": -12, "Yes": true, "None": null, "List": [1, [], {}, ["["]],
        });
        assert_eq!(body, json!({ "Body": expected }));
    }

    #[test]
    fn what_is_no_item_of_ours_is_refused() {
        let rows = [
            json!({"PK": {"N": "1"}}),
            json!({"WriteId": {"S": "x"}}),
            json!({"Revision": {"N": "x"}}),
            json!({"Set": {"SS": ["x"]}}),
            json!({"Bytes": {"B": "eA=="}}),
            json!({"None": {}}),
            json!({"Two": {"S": "x", "N": "1"}}),
            json!({"Bare": "x"}),
        ];
        for item in rows {
            assert!(read(&item).is_err(), "{item}");
        }
    }

    /// JSON as bodies hold it: without fractions, of which nothing is kept.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..5).prop_map(|map| map.into_iter().collect::<Value>()),
            ]
        })
    }

    fn wire(value: &aws_sdk_dynamodb::types::AttributeValue) -> Value {
        use aws_sdk_dynamodb::types::AttributeValue as A;
        match value {
            A::S(text) => json!({ "S": text }),
            A::N(digits) => json!({ "N": digits }),
            A::Bool(is) => json!({ "BOOL": is }),
            A::L(list) => json!({"L": list.iter().map(wire).collect::<Vec<_>>()}),
            A::M(map) => json!({"M": map.iter().map(|(name, of)| (name.clone(), wire(of))).collect::<Value>()}),
            _ => json!({"NULL": true}),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(member in value()) {
            let key = Key { pk: "P".to_owned(), sk: "S".to_owned() };
            let revision = Revision { number: 1, write: uuid::Uuid::nil().into() };
            let body = Body::encode(&json!({ "Member": member })).unwrap();
            let record = Record { key, revision, expires_at: None, due: None, body };
            let item = attributes::of_record(&record).unwrap();
            let item = item.iter().map(|(name, value)| (name.clone(), wire(value))).collect::<Value>();
            let read = read(&item).unwrap();
            prop_assert_eq!(read.body.decode::<Value>().unwrap(), record.body.decode::<Value>().unwrap());
            prop_assert_eq!((read.key, read.revision), (record.key, record.revision));
        }
    }
}
