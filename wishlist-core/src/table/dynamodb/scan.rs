//! Where the values of a JSON text begin and end, without reading them.
//!
//! Of a page of fifty items a caller often has all but one, and then only two attributes of each are looked at. To find them by
//! serde took an eighth of all that a warm call costs (`bench/README.md`), for it checks every token of what is then left out. What is found here and
//! used is read by serde, which refuses what is no JSON; where nothing is found, serde reads the whole text.

use std::borrow::Cow;

/// The text is no object or array, or ends in the middle of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// A place in a text, before which everything was seen.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes were seen.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes through an object: `member` is told each name and goes past its value.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(Cow<'a, str>, &mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.parts(b'{', b'}', |scanner| {
            let name = unquoted(scanner.value()?)?;
            scanner.expect(b':')?;
            member(name, scanner)
        })
    }

    /// Goes through an array: `element` goes past each.
    pub(super) fn array(&mut self, element: impl FnMut(&mut Self) -> Result<(), Malformed>) -> Result<(), Malformed> {
        self.parts(b'[', b']', element)
    }

    /// Goes past the next value, and answers its text.
    pub(super) fn value(&mut self) -> Result<&'a str, Malformed> {
        let first = self.peek().ok_or(Malformed)?;
        let start = self.at;
        match first {
            b'"' => self.string()?,
            b'{' | b'[' => self.nested()?,
            _ => self.bare(),
        }
        self.text.get(start..self.at).filter(|value| !value.is_empty()).ok_or(Malformed)
    }

    /// Goes past the spaces at the end, and nothing but those.
    pub(super) fn end(&mut self) -> Result<(), Malformed> {
        if self.peek().is_none() { Ok(()) } else { Err(Malformed) }
    }

    fn parts(
        &mut self,
        open: u8,
        close: u8,
        mut part: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.expect(open)?;
        if self.peek() == Some(close) {
            return self.expect(close);
        }
        loop {
            part(self)?;
            if self.peek() == Some(close) {
                return self.expect(close);
            }
            self.expect(b',')?;
        }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        let found = self.peek() == Some(byte);
        self.at += 1;
        if found { Ok(()) } else { Err(Malformed) }
    }

    fn string(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..).ok_or(Malformed)?;
            let next = memchr::memchr2(b'"', b'\\', rest).ok_or(Malformed)?;
            if rest.get(next) == Some(&b'"') {
                self.at += next + 1;
                return Ok(());
            }
            self.at += next + 2;
        }
    }

    /// Objects and arrays end with what ends as many as began: of which kind each is shows when it is read.
    fn nested(&mut self) -> Result<(), Malformed> {
        let mut depth = 0_usize;
        loop {
            match self.text.as_bytes().get(self.at).ok_or(Malformed)? {
                b'"' => {
                    self.string()?;
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
        while let Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z') = self.text.as_bytes().get(self.at)
        {
            self.at += 1;
        }
    }
}

fn unquoted(name: &str) -> Result<Cow<'_, str>, Malformed> {
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(plain) if memchr::memchr(b'\\', plain.as_bytes()).is_none() => Ok(Cow::Borrowed(plain)),
        _ => serde_json::from_str(name).map(Cow::Owned).map_err(|_| Malformed),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn of_object(text: &str) -> Result<Vec<(String, Value)>, Malformed> {
        let (mut scanner, mut found) = (Scanner::of(text), Vec::new());
        scanner.object(|name, scanner| {
            let value = serde_json::from_str(scanner.value()?).map_err(|_| Malformed)?;
            found.push((name.into_owned(), value));
            Ok(())
        })?;
        scanner.end().map(|()| found)
    }

    fn of_array(text: &str) -> Result<Vec<Value>, Malformed> {
        let (mut scanner, mut found) = (Scanner::of(text), Vec::new());
        scanner.array(|scanner| {
            found.push(serde_json::from_str(scanner.value()?).map_err(|_| Malformed)?);
            Ok(())
        })?;
        scanner.end().map(|()| found)
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
