//! The text of an item as a record.
//!
//! An item's attributes stay as they came until it is known whether the record is wanted. A member of a body is written as JSON
//! while it is read, without a value between.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::scan::{Malformed, Scanner};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::ids::WriteId;
use crate::table::layout::{DUE_PK, DUE_SK, EXPIRES, EXPIRES_MILLIS, PK, REVISION, SK, WRITE};
use crate::table::{Body, DueKey, Key, Record, Revision};

/// What an item of middling size takes as JSON, to save growing.
const BODY_BYTES: usize = 1024;

/// As many attributes as a visited item has, to save growing.
const ATTRIBUTES: usize = 24;

/// The attributes of an item or of a key, each as it came.
#[derive(Debug)]
pub(super) struct Attributes<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Attributes<'a> {
    /// Those of the object where the scanner is.
    pub(super) fn scan(scanner: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let mut all = Vec::with_capacity(ATTRIBUTES);
        scanner.object(|name, scanner| {
            all.push((name, scanner.value()?));
            Ok(())
        })?;
        Ok(Self(all))
    }

    /// Sort key and write of a record; none of one that may have expired.
    pub(super) fn place(&self) -> Result<Option<(Cow<'a, str>, WriteId)>> {
        let (None, Some(sk), Some(write)) = (self.get(EXPIRES_MILLIS), self.get(SK), self.get(WRITE)) else {
            return Ok(None);
        };
        let sk: Text<'a> = serde_json::from_str(sk).map_err(|_| self.unreadable(SK))?;
        let write = serde_json::from_str::<Text<'_>>(write).and_then(|write| write.parse());
        Ok(Some((sk.text, write.map_err(|_| self.unreadable(WRITE))?)))
    }

    /// The record; of a key one with an empty body and of no revision.
    ///
    /// # Errors
    /// [`Kind::Internal`] for what the table did not write so. It names the record and the attribute, and nothing of what
    /// stands there.
    pub(super) fn record(&self) -> Result<Record> {
        let mut parts = Parts::new(self.0.iter().map(|(name, value)| name.len() + value.len()).sum());
        for (name, value) in &self.0 {
            parts.take(name.clone(), value).map_err(|_| self.unreadable(name))?;
        }
        let missing = if parts.pk.is_none() { PK } else { SK };
        parts.record().ok_or_else(|| self.unreadable(missing))
    }

    fn get(&self, wanted: &str) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value)
    }

    fn unreadable(&self, attribute: &str) -> Error {
        let key = |name| self.get(name).and_then(|value| Text::owned(value).ok()).unwrap_or_default();
        let place = format!("`{attribute}` of the record `{}`, `{}` is not as it is written", key(PK), key(SK));
        Error::new(Kind::Internal, "a record of the table cannot be read").with_source(place)
    }
}

/// What is read of a record so far.
struct Parts {
    pk: Option<String>,
    sk: Option<String>,
    due_pk: Option<String>,
    due_sk: Option<String>,
    revision: Revision,
    expires_at: Option<Timestamp>,
    body: String,
}

impl Parts {
    /// For an item of so many bytes.
    fn new(bytes: usize) -> Self {
        let mut body = String::with_capacity(bytes.min(BODY_BYTES));
        body.push('{');
        let revision = Revision { number: 0, write: WriteId::from(uuid::Uuid::nil()) };
        Self { pk: None, sk: None, due_pk: None, due_sk: None, revision, expires_at: None, body }
    }

    fn take(&mut self, name: Cow<'_, str>, value: &str) -> serde_json::Result<()> {
        match &*name {
            PK => self.pk = Some(Text::owned(value)?),
            SK => self.sk = Some(Text::owned(value)?),
            REVISION => self.revision.number = serde_json::from_str::<Number<'_>>(value)?.parse()?,
            WRITE => self.revision.write = serde_json::from_str::<Text<'_>>(value)?.parse()?,
            EXPIRES => {}
            EXPIRES_MILLIS => {
                let millis = serde_json::from_str::<Number<'_>>(value)?.parse()?;
                self.expires_at = Some(Timestamp::from_millis(millis));
            }
            DUE_PK => self.due_pk = Some(Text::owned(value)?),
            DUE_SK => self.due_sk = Some(Text::owned(value)?),
            _ => {
                begin_member(&mut self.body, name)?;
                Attribute(&mut self.body).deserialize(&mut serde_json::Deserializer::from_str(value))?;
            }
        }
        Ok(())
    }

    fn record(mut self) -> Option<Record> {
        self.body.push('}');
        Some(Record {
            key: Key { pk: self.pk?, sk: self.sk? },
            revision: self.revision,
            expires_at: self.expires_at,
            due: self.due_pk.zip(self.due_sk).map(|(pk, sk)| DueKey { pk, sk }),
            body: Body::from_json(self.body),
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Attributes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let item = <&RawValue>::deserialize(deserializer)?;
        Self::scan(&mut Scanner::of(item.get())).map_err(|Malformed| D::Error::custom("an item is no object"))
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
            "N" => {
                let number: Cow<'_, str> = value.next_value::<Name<'_>>()?.0;
                self.0.push_str(&number.parse::<serde_json::Number>().map_err(A::Error::custom)?.to_string());
            }
            "BOOL" => self.0.push_str(if value.next_value()? { "true" } else { "false" }),
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

    fn read(item: &Value) -> Result<Record> {
        serde_json::from_str::<Attributes<'_>>(&item.to_string()).unwrap().record()
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
    fn an_item_that_is_none_of_ours_is_refused_by_name_and_not_quoted() {
        let rows = [
            ("PK", json!({"N": "1"})),
            ("SK", Value::Null),
            ("WriteId", json!({"S": "secret"})),
            ("Revision", json!({"N": "secret"})),
            ("Revision", json!({"S": "secret"})),
            ("ExpiresMillis", json!({"N": "secret"})),
            ("Set", json!({"SS": ["secret"]})),
            ("Bytes", json!({"B": "secret"})),
            ("None", json!({})),
            ("Two", json!({"S": "secret", "N": "1"})),
            ("Bare", json!("secret")),
            ("Number", json!({"N": "secret"})),
            ("Numbers", json!({"L": [{"N": "1,2"}]})),
            ("Truth", json!({"BOOL": "secret"})),
        ];
        for (name, value) in rows {
            let mut item = json!({"PK": {"S": "P"}, "SK": {"S": "S"}});
            item[name] = value;
            let error = read(&item).unwrap_err();
            assert_eq!(error.kind(), Kind::Internal, "{item}");
            let chain = error.chain();
            assert!(chain.contains(&format!("`{name}` of the record")) && !chain.contains("secret"), "{chain}");
        }
        assert!(read(&json!({"PK": {"S": "P"}})).unwrap_err().chain().contains("`SK` of the record `P`"));
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
