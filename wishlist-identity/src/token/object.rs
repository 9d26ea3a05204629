//! A JSON object that means one thing only.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

/// A JSON object whose names are unique. Of two equal names one parser believes the first and another the last
/// (RFC 8725, section 2.4), so an object with both is refused, however the name is escaped.
#[derive(Debug)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    /// Reads an object. Nesting is bounded by the parser, at 128.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// A member, `null` included.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A member that is there and is text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

impl From<Map<String, Value>> for Object {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Unique;

        impl<'de> Visitor<'de> for Unique {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Object, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_means_one_thing_only() {
        assert!(Object::parse(br#"{"a":1,"b":null}"#).is_some());
        let nested = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        for text in
            [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, "[]", "\"x\"", "{", "", "{} {}", "{\"a\":NaN}", &nested]
        {
            assert!(Object::parse(text.as_bytes()).is_none(), "{}", &text.chars().take(40).collect::<String>());
        }
        assert!(Object::parse(b"\xef\xbb\xbf{}").is_none(), "a byte order mark");
        assert!(Object::parse(b"{\"a\":\"\xff\"}").is_none(), "not UTF-8");
    }
}
