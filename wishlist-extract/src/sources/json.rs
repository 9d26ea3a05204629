//! JSON as pages write it: read in one pass into a flat, bounded list of values.
//!
//! Repairs what pages get wrong: comments, CDATA and `<!--` around it, missing, doubled and trailing commas, raw line
//! breaks and unescaped quotes in strings, single quotes, bare words, missing and wrong closing brackets, several documents
//! in one text. Numbers stay text, so that `1e400` and 20 digits cost nothing and no price passes through a float.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};

/// Values of one text: a product with five hundred reviews has some twelve thousand; a value takes 28 bytes, so that a hostile
/// `[1,1,1,…` stays under half a megabyte.
const MAX_VALUES: usize = 16 * 1024;

/// Arrays and objects deeper than this are read as empty: JSON-LD nests ten deep.
const MAX_DEPTH: usize = 64;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    /// A number, `true`, `false`, `null` or any other bare word.
    Word,
}

/// The index of a value.
pub(crate) type ValueId = u32;

#[derive(Clone, Copy, Debug)]
struct Value {
    kind: Kind,
    key: (u32, u32),
    text: (u32, u32),
    next: ValueId,
}

/// The values of one text.
#[derive(Debug)]
pub(crate) struct Json<'a> {
    text: &'a str,
    values: Vec<Value>,
}

impl<'a> Json<'a> {
    /// Reads all of `text` that can be read.
    pub(crate) fn parse(text: &'a str) -> Self {
        let mut reader = Reader { text, at: 0, values: Vec::new(), open: Vec::new(), key: None };
        while reader.step() {}
        reader.close(0);
        Self { text, values: reader.values }
    }

    /// Reads the first object or array of `text` alone, whatever follows it.
    pub(crate) fn first(text: &'a str) -> Self {
        let mut reader = Reader { text, at: 0, values: Vec::new(), open: Vec::new(), key: None };
        while reader.step() && (reader.values.is_empty() || !reader.open.is_empty()) {}
        reader.close(0);
        Self { text, values: reader.values }
    }

    /// The text of a string between its quotes, escapes resolved.
    pub(crate) fn string(text: &'a str) -> Cow<'a, str> {
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        unescape(inner)
    }

    /// The values that stand in no other.
    pub(crate) fn roots(&self) -> impl Iterator<Item = ValueId> {
        self.siblings(0, ValueId::try_from(self.values.len()).unwrap_or(ValueId::MAX))
    }

    /// The values in an array or object.
    pub(crate) fn children(&self, id: ValueId) -> impl Iterator<Item = ValueId> {
        self.siblings(id + 1, self.value(id).map_or(0, |value| value.next))
    }

    fn siblings(&self, first: ValueId, end: ValueId) -> impl Iterator<Item = ValueId> {
        let next = move |id: ValueId| Some(id).filter(|id| *id < end);
        std::iter::successors(next(first), move |id| next(self.value(*id)?.next))
    }

    fn value(&self, id: ValueId) -> Option<&Value> {
        self.values.get(id as usize)
    }

    fn part(&self, (start, end): (u32, u32)) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    pub(crate) fn kind(&self, id: ValueId) -> Kind {
        self.value(id).map_or(Kind::Word, |value| value.kind)
    }

    /// The name of a value within its object; keys are compared as they are written.
    pub(crate) fn key(&self, id: ValueId) -> &'a str {
        self.value(id).map_or("", |value| self.part(value.key))
    }

    /// The member of an object.
    pub(crate) fn member(&self, id: ValueId, key: &str) -> Option<ValueId> {
        self.children(id).find(|child| self.key(*child) == key)
    }

    /// The text of a string or a number; `null`, an array and an object have none.
    pub(crate) fn text(&self, id: ValueId) -> Option<Cow<'a, str>> {
        let value = self.value(id)?;
        let text = self.part(value.text);
        match value.kind {
            Kind::String => Some(unescape(text)),
            Kind::Word if !matches!(text, "null" | "undefined" | "NaN") => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: Vec<Value>,
    open: Vec<ValueId>,
    key: Option<(u32, u32)>,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Reads one token; `false` at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.first().copied() else {
            return false;
        };
        match first {
            b'{' => self.begin(Kind::Object),
            b'[' => self.begin(Kind::Array),
            b'}' => self.end(Kind::Object),
            b']' => self.end(Kind::Array),
            b'"' | b'\'' => self.string(first),
            b'/' if rest.starts_with(b"/*") => self.skip_past(b"*/"),
            b'/' if rest.starts_with(b"//") => self.at += memchr(b'\n', rest).unwrap_or(rest.len()),
            b'<' if rest.starts_with(b"<![CDATA[") => self.at += 9,
            b'<' if rest.starts_with(b"<!--") => self.at += 4,
            _ if first.is_ascii_alphanumeric() || matches!(first, b'-' | b'+' | b'.' | b'_' | b'$') => self.word(),
            _ => self.at += 1,
        }
        self.values.len() < MAX_VALUES
    }

    fn skip_past(&mut self, end: &[u8]) {
        let rest = self.rest();
        self.at += memmem::find(rest, end).map_or(rest.len(), |at| at + end.len());
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) -> ValueId {
        let position = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let id = position(self.values.len());
        let key = self.key.take().unwrap_or_default();
        self.values.push(Value { kind, key, text: (position(start), position(end)), next: id + 1 });
        id
    }

    fn begin(&mut self, kind: Kind) {
        if self.open.len() < MAX_DEPTH {
            let id = self.push(kind, self.at, self.at);
            self.open.push(id);
        }
        self.at += 1;
    }

    /// Closes the nearest open one of its kind, and with it what was left open inside.
    fn end(&mut self, kind: Kind) {
        self.at += 1;
        self.key = None;
        let is = |id: &ValueId| self.values.get(*id as usize).is_some_and(|value| value.kind == kind);
        if let Some(depth) = self.open.iter().rposition(is) {
            self.close(depth);
        }
    }

    fn close(&mut self, depth: usize) {
        let next = ValueId::try_from(self.values.len()).unwrap_or(ValueId::MAX);
        for id in self.open.drain(depth..) {
            if let Some(value) = self.values.get_mut(id as usize) {
                value.next = next;
            }
        }
    }

    fn string(&mut self, quote: u8) {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        let end = loop {
            let rest = bytes.get(at..).unwrap_or_default();
            match memchr2(quote, b'\\', rest) {
                None => break bytes.len(),
                Some(found) if rest.get(found) == Some(&b'\\') => at += found + 2,
                Some(found) if ends_string(rest.get(found + 1..).unwrap_or_default()) => break at + found,
                Some(found) => at += found + 1,
            }
        };
        self.at = end + 1;
        self.key_or_value(Kind::String, start, end);
    }

    fn word(&mut self) {
        let start = self.at;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:;{}[]\"'<".contains(byte);
        let rest = self.rest();
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
        self.key_or_value(Kind::Word, start, self.at);
    }

    fn key_or_value(&mut self, kind: Kind, start: usize, end: usize) {
        let rest = self.rest().trim_ascii_start();
        let parent = self.open.last().and_then(|id| self.values.get(*id as usize));
        let in_object = parent.is_some_and(|value| value.kind == Kind::Object);
        if in_object && self.key.is_none() && rest.first() == Some(&b':') {
            let position = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
            self.key = Some((position(start), position(end)));
        } else if in_object || parent.is_some() {
            self.push(kind, start, end);
        }
    }
}

/// A quote ends its string only where JSON could go on; any other is an inch mark that nobody escaped.
fn ends_string(after: &[u8]) -> bool {
    match after.trim_ascii_start() {
        [] | [b',' | b':' | b'}' | b']' | b';' | b'/', ..] => true,
        // A missing comma: the next member is already on its own line.
        [b'"' | b'\'', ..] => after.first().is_some_and(u8::is_ascii_whitespace),
        _ => false,
    }
}

/// The escapes of a JSON string resolved; a wrong one stands for its letter.
fn unescape(text: &str) -> Cow<'_, str> {
    if memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'r' | 't' | 'b' | 'f') => out.push(' '),
            Some('u') => out.push(unicode(&mut chars)),
            Some(other) => out.push(other),
            None => {}
        }
    }
    Cow::Owned(out)
}

/// The character of `XXXX`, or of `XXXX\uXXXX` where it takes two.
fn unicode(chars: &mut std::str::Chars<'_>) -> char {
    let unit = |chars: &std::str::Chars<'_>| {
        let digits = chars.as_str().get(..4)?;
        u16::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
    };
    let Some(first) = unit(chars) else { return 'u' };
    chars.nth(3);
    let mut units = vec![first];
    if (0xD800..0xDC00).contains(&first) && chars.as_str().starts_with("\\u") {
        let mut ahead = chars.clone();
        ahead.nth(1);
        if let Some(second) = unit(&ahead) {
            ahead.nth(3);
            *chars = ahead;
            units.push(second);
        }
    }
    let char = char::decode_utf16(units).next();
    char.and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(json: &Json<'_>, id: ValueId) -> String {
        let children = || {
            json.children(id).map(|child| {
                let value = written(json, child);
                if json.key(child).is_empty() { value } else { format!("{}:{value}", json.key(child)) }
            })
        };
        match json.kind(id) {
            Kind::Object => format!("{{{}}}", children().collect::<Vec<_>>().join(",")),
            Kind::Array => format!("[{}]", children().collect::<Vec<_>>().join(",")),
            _ => json.text(id).map_or("null".into(), Cow::into_owned),
        }
    }

    fn read(text: &str) -> String {
        let json = Json::parse(text);
        json.roots().map(|id| written(&json, id)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn json_is_read_and_broken_json_repaired() {
        let rows = [
            (r#"{"a":"b","c":[1,2.50,true,null]}"#, "{a:b,c:[1,2.50,true,null]}"),
            (r#"{"a":1,}"#, "{a:1}"),
            ("[1,,2,]", "[1,2]"),
            ("{\"a\":1\n\"b\":2}", "{a:1,b:2}"),
            ("{\"a\":\"x\"\n\"b\":2}", "{a:x,b:2}"),
            ("<!--\n{\"a\":1}\n-->", "{a:1}"),
            ("//<![CDATA[\n{\"a\":1}\n//]]>", "{a:1}"),
            ("/* x */ {\"a\": /* y */ 1 // z\n}", "{a:1}"),
            (r#"{"a":1}{"b":2}"#, "{a:1} {b:2}"),
            (r#"{"a":1};"#, "{a:1}"),
            ("{\"a\":\"two\nlines\"}", "{a:two\nlines}"),
            (r#"{"size":"27" wide","b":1}"#, "{size:27\" wide,b:1}"),
            (r"{'a':'b'}", "{a:b}"),
            (r"{a: b}", "{a:b}"),
            (r#"{"a":{"b":[1,2}"#, "{a:{b:[1,2]}}"),
            (r#"{"a":[1,2},"b":3}"#, "{a:[1,2]}"),
            (r#"{"a":"\u00e9\ud83d\ude00\/\"\x"}"#, "{a:é😀/\"x}"),
            (r#"{"a":"\ud83d","b":"\u12"}"#, "{a:\u{fffd},b:u12}"),
            (r#"{"p":1e400,"q":NaN,"r":1000000000000000000000}"#, "{p:1e400,q:null,r:1000000000000000000000}"),
            ("", ""),
            ("\"alone\"", ""),
            ("{\"a\"", "{a}"),
        ];
        for (text, expected) in rows {
            assert_eq!(read(text).replace("  ", " "), expected, "{text:?}");
        }
    }

    #[test]
    fn depth_and_number_of_values_are_bounded() {
        assert_eq!(Json::parse(&"[".repeat(100_000)).values.len(), MAX_DEPTH);
        assert_eq!(Json::parse(&format!("[{}", "1,".repeat(100_000))).values.len(), MAX_VALUES);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r#"([\[\]{}",:'/\\* a1é\n]|\\u[0-9a-f]{0,4}){0,60}"#) {
            let json = Json::parse(&text);
            for id in json.roots() {
                written(&json, id);
            }
        }
    }
}
