//! Reads a value into the type that is expected, and says of what does not fit where it is and what was expected.

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Number;

use super::refusal::Refusal;
use super::value::Value;

/// The whole numbers that a float holds exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

impl Value {
    fn not(&self, expected: &str) -> Refusal {
        Refusal::new(format!("expected {expected}, not {}", self.kind()))
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Number(value) => value.deserialize_any(visitor).map_err(|_| Refusal::new("expected a number")),
            Self::Text(text) | Self::Word(text) => visitor.visit_string(text),
            Self::List(values) => visitor.visit_seq(Elements { rest: values.into_iter().enumerate() }),
            Self::Object(fields) => visitor.visit_map(Fields { rest: fields.into_iter(), next: None }),
        }
    }

    /// An unset field is left out: `null` would be a second way of saying it.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Self::Null => Err(Refusal::new("`null` is not taken; leave the field out instead")),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Self::Text(text) | Self::Word(text) => visitor.visit_string(text),
            other => Err(other.not("text")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_string(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match &self {
            Self::Bool(value) => visitor.visit_bool(*value),
            Self::Word(word) if word == "true" => visitor.visit_bool(true),
            Self::Word(word) if word == "false" => visitor.visit_bool(false),
            other => Err(other.not("true or false")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self {
            Self::Text(word) | Self::Word(word) => visitor.visit_enum(word.into_deserializer()),
            other => Err(other.not("text")),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let whole = match &self {
            Self::Number(number) => whole(number),
            Self::Word(text) => text.parse().ok(),
            other => return Err(other.not("a whole number")),
        };
        visitor.visit_i64(whole.ok_or_else(|| Refusal::new("expected a whole number"))?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Self::List(_) => self.deserialize_any(visitor),
            other => Err(other.not("a list")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match self {
            Self::Object(_) => self.deserialize_any(visitor),
            other => Err(other.not("an object")),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map identifier ignored_any
    }
}

/// The number as an integer: JSON Schema, and JavaScript, write no difference between `3` and `3.0`.
fn whole(number: &Number) -> Option<i64> {
    let exact = |float: &f64| float.fract() == 0.0 && float.abs() <= MAX_EXACT;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is within what an i64 holds")]
    number.as_i64().or_else(|| number.as_f64().filter(exact).map(|float| float as i64))
}

struct Elements {
    rest: std::iter::Enumerate<std::vec::IntoIter<Value>>,
}

impl<'de> SeqAccess<'de> for Elements {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refusal> {
        let Some((index, value)) = self.rest.next() else { return Ok(None) };
        seed.deserialize(value).map(Some).map_err(|refusal| refusal.inside(&index.to_string()))
    }
}

struct Fields {
    rest: std::vec::IntoIter<(String, Value)>,
    next: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        self.next = self.rest.next();
        let Some((name, _)) = &self.next else { return Ok(None) };
        let name: StringDeserializer<Refusal> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let (name, value) = self.next.take().ok_or_else(|| Refusal::new("a value was read before its name"))?;
        seed.deserialize(value).map_err(|refusal| refusal.inside(&name))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        title: String,
        quantity: Option<i64>,
        price: Option<Price>,
        size: Option<Size>,
        new: Option<bool>,
        tags: Option<Vec<String>>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    enum Size {
        Small,
        VeryLarge,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Price {
        amount: String,
    }

    fn read(json: &str) -> Result<Wish, (String, String)> {
        let value: Value = serde_json::from_str(json).unwrap();
        Wish::deserialize(value).map_err(|refusal| (refusal.pointer(), refusal.to_string()))
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place() {
        let rows = [
            (r"[]", "", "expected an object, not a list"),
            (r"null", "", "expected an object, not `null`"),
            (r"{}", "/title", "this field is required"),
            (r#"{"title":3}"#, "/title", "expected text, not a number"),
            (r#"{"title":null}"#, "/title", "expected text, not `null`"),
            (r#"{"title":"a","quantity":null}"#, "/quantity", "`null` is not taken; leave the field out instead"),
            (r#"{"title":"a","quantity":"3"}"#, "/quantity", "expected a whole number, not text"),
            (r#"{"title":"a","quantity":1.5}"#, "/quantity", "expected a whole number"),
            (r#"{"title":"a","quantity":1e300}"#, "/quantity", "expected a whole number"),
            (r#"{"title":"a","quantity":9223372036854775808}"#, "/quantity", "expected a whole number"),
            (r#"{"title":"a","title":"b"}"#, "/title", "this name is given twice"),
            (r#"{"title":"a","price":"19.99"}"#, "/price", "expected an object, not text"),
            (r#"{"title":"a","price":{"amount":19.99}}"#, "/price/amount", "expected text, not a number"),
            (
                r#"{"title":"a","price":{"a/~b":1}}"#,
                "/price/a~1~0b",
                "there is no such field; expected one of `amount`",
            ),
            (r#"{"title":"a","size":"huge"}"#, "/size", "expected one of `small`, `veryLarge`"),
            (r#"{"title":"a","size":3}"#, "/size", "expected text, not a number"),
            (r#"{"title":"a","new":"true"}"#, "/new", "expected true or false, not text"),
            (r#"{"title":"a","tags":["x",{}]}"#, "/tags/1", "expected text, not an object"),
        ];
        for (json, pointer, detail) in rows {
            assert_eq!(read(json), Err((pointer.to_owned(), detail.to_owned())), "{json}");
        }
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        for json in [r#"{"title":"a","quantity":3}"#, r#"{"title":"a","quantity":3.0}"#] {
            assert_eq!(read(json).unwrap().quantity, Some(3));
        }
    }

    #[test]
    fn a_long_name_is_repeated_in_part() {
        let json = format!(r#"{{"title":"a","{}":1}}"#, "x".repeat(5000));
        assert_eq!(read(&json).unwrap_err().0.len(), 101);
    }
}
