//! Where the values of a JSON text begin and end, without reading them.
//!
//! Of a page of fifty items a caller often has all but one, and then only two attributes of each are looked at. To find them by
//! serde takes a tenth of all that a warm call costs, for it checks every token of what is then left out. What is found here and
//! used is read by serde, which refuses what is no JSON; where nothing is found, serde reads the whole text.

use std::borrow::Cow;
use std::ops::Range;

/// The text is no object or array, or ends in the middle of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The members of an object, each with its value's place in the text.
pub(super) fn members(text: &str) -> impl Iterator<Item = Result<(Cow<'_, str>, Range<usize>), Malformed>> {
    let mut scanner = Scanner::inside(text, b'{', b'}');
    std::iter::from_fn(move || {
        scanner.each(|scanner| {
            let name = scanner.value()?;
            scanner.expect(b':')?;
            Ok((unquoted(part(text, name)?)?, scanner.value()?))
        })
    })
}

/// The elements of an array.
pub(super) fn elements(text: &str) -> impl Iterator<Item = Result<&str, Malformed>> {
    let mut scanner = Scanner::inside(text, b'[', b']');
    std::iter::from_fn(move || scanner.each(|scanner| part(text, scanner.value()?)))
}

/// What is at a place that was found.
pub(super) fn part(text: &str, place: Range<usize>) -> Result<&str, Malformed> {
    text.get(place).ok_or(Malformed)
}

fn unquoted(name: &str) -> Result<Cow<'_, str>, Malformed> {
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
        _ => serde_json::from_str(name).map(Cow::Owned).map_err(|_| Malformed),
    }
}

/// A place in a text, before which everything was seen.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    close: u8,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unopened(u8),
    First,
    Later,
    Done,
}

impl<'a> Scanner<'a> {
    fn inside(text: &'a str, open: u8, close: u8) -> Self {
        Self { bytes: text.as_bytes(), at: 0, close, state: State::Unopened(open) }
    }

    /// The next part, if there is one; none after the first that is malformed.
    fn each<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, Malformed>) -> Option<Result<T, Malformed>> {
        let next = self.next_part(part);
        if !matches!(next, Ok(Some(_))) {
            self.state = State::Done;
        }
        next.transpose()
    }

    fn next_part<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, Malformed>) -> Result<Option<T>, Malformed> {
        match self.state {
            State::Done => return Ok(None),
            State::Unopened(open) => {
                self.expect(open)?;
                self.state = State::First;
            }
            State::First | State::Later => {}
        }
        if self.peek() == Some(self.close) {
            self.at += 1;
            return if self.peek().is_none() { Ok(None) } else { Err(Malformed) };
        }
        if self.state == State::Later {
            self.expect(b',')?;
        }
        self.state = State::Later;
        part(self).map(Some)
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        let found = self.peek() == Some(byte);
        self.at += 1;
        if found { Ok(()) } else { Err(Malformed) }
    }

    /// Where the next value is.
    fn value(&mut self) -> Result<Range<usize>, Malformed> {
        let first = self.peek().ok_or(Malformed)?;
        let start = self.at;
        match first {
            b'"' => self.text()?,
            b'{' | b'[' => self.nested()?,
            _ => self.bare(),
        }
        if self.at == start { Err(Malformed) } else { Ok(start..self.at) }
    }

    fn text(&mut self) -> Result<(), Malformed> {
        loop {
            self.at += 1;
            match self.bytes.get(self.at) {
                Some(b'"') => break self.at += 1,
                Some(b'\\') => self.at += 1,
                Some(_) => {}
                None => return Err(Malformed),
            }
        }
        Ok(())
    }

    /// Objects and arrays end with what ends as many as began: of which kind each is shows when it is read.
    fn nested(&mut self) -> Result<(), Malformed> {
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(self.at).ok_or(Malformed)? {
                b'"' => {
                    self.text()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    fn bare(&mut self) {
        while let Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn of_object(text: &str) -> Result<Vec<(String, Value)>, Malformed> {
        let value = |place: Range<usize>| serde_json::from_str(part(text, place)?).map_err(|_| Malformed);
        members(text).map(|member| member.and_then(|(name, place)| Ok((name.into_owned(), value(place)?)))).collect()
    }

    fn of_array(text: &str) -> Result<Vec<Value>, Malformed> {
        elements(text).map(|element| serde_json::from_str(element?).map_err(|_| Malformed)).collect()
    }

    #[test]
    fn what_is_no_object_is_malformed_and_never_read_beyond() {
        for text in [
            "",
            " ",
            "[]",
            "1",
            "null",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{,}",
            "{\"a\" 1}",
            "{a:1}",
            "{1:1}",
            "{\"a\":}",
            "{\"a\":\"b}",
            "{\"a\":\"b\\\"}",
            "{\"a\":{}",
            "{\"a\":[1}",
            "{\"a\":1 \"b\":2}",
            "{}}",
            "{} 1",
            "{\"\\q\":1}",
            "{\"a\":\"\\",
            "{\"é",
        ] {
            assert_eq!(of_object(text), Err(Malformed), "{text}");
        }
        assert_eq!(of_array("[1,]"), Err(Malformed));
        assert_eq!(of_array("[1 2]"), Err(Malformed));
    }

    #[test]
    fn quotes_and_brackets_in_text_end_nothing() {
        let odd = json!({ "a\"}": "]}\\\"", "b\\": ["\\", "{"], "": { "x": "[" } });
        assert_eq!(of_object(&odd.to_string()).unwrap().len(), 3);
        assert_eq!(of_array(" [ 1 , \"]\" , { } ,true, -1.5e+9 ] ").unwrap().len(), 5);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[\"\\\\{}\\[\\],: a-zé]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[\"\\\\{}a-z]{0,6}", inner, 0..5)
                    .prop_map(|map| map.into_iter().collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn values_are_found_where_serde_finds_them(object in prop::collection::btree_map(".{0,6}", value(), 0..6)) {
            let object: Value = object.into_iter().collect();
            let list: Vec<_> = object.as_object().unwrap().values().cloned().collect();
            for text in [object.to_string(), serde_json::to_string_pretty(&object).unwrap()] {
                let found: Value = of_object(&text).unwrap().into_iter().collect();
                prop_assert_eq!(&found, &object);
            }
            prop_assert_eq!(of_array(&Value::from(list.clone()).to_string()).unwrap(), list);
        }

        #[test]
        fn no_text_is_read_beyond_its_end(text in "[\"\\\\{}\\[\\],:a1 é]{0,24}") {
            let by_serde = serde_json::from_str::<serde_json::Map<String, Value>>(&text).is_ok();
            prop_assert!(!by_serde || of_object(&text).is_ok());
            of_array(&text).ok();
        }
    }
}
