//! The attributes of one tag, read when asked for.

use std::borrow::Cow;

use memchr::memchr;

use super::text::unescape;

/// Where one attribute stands: byte ranges of its name and of its value without quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) name: (usize, usize),
    pub(super) value: (usize, usize),
}

/// The next attribute at or after `at` as the WHATWG tokenizer finds it, or `None` at the tag's `>` or the text's end;
/// `at` is moved behind it, or to the `>`.
#[inline]
pub(super) fn next(bytes: &[u8], at: &mut usize) -> Option<Span> {
    let start = skip(bytes, *at, |byte| is_blank(byte) || byte == b'/');
    *at = start;
    if bytes.get(start).is_none_or(|byte| *byte == b'>') {
        return None;
    }
    // A `=` that begins a name belongs to it.
    *at = skip(bytes, start + 1, |byte| !is_blank(byte) && !matches!(byte, b'/' | b'>' | b'='));
    let name = (start, *at);
    let equals = skip(bytes, *at, is_blank);
    if bytes.get(equals) != Some(&b'=') {
        return Some(Span { name, value: (*at, *at) });
    }
    let from = skip(bytes, equals + 1, is_blank);
    let value = if let Some(quote @ (b'"' | b'\'')) = bytes.get(from) {
        let rest = bytes.get(from + 1..).unwrap_or_default();
        let end = from + 1 + memchr(*quote, rest).unwrap_or(rest.len());
        *at = (end + 1).min(bytes.len());
        (from + 1, end)
    } else {
        *at = skip(bytes, from, |byte| !is_blank(byte) && byte != b'>');
        (from, *at)
    };
    Some(Span { name, value })
}

/// Whether an attribute holds the name by which a site's own tests find an element. Where classes are generated, it is the only
/// one that says what the element is.
#[inline]
pub(crate) fn is_test_name(name: &[u8]) -> bool {
    let Some(rest) = name.strip_prefix(b"data-") else { return false };
    let begins = |names: &[&[u8]]| names.iter().any(|name| rest.starts_with(name));
    match rest.first() {
        Some(b't') => begins(&[b"test", b"tl-id"]),
        Some(b'q') => begins(&[b"qa"]),
        Some(b'a') => begins(&[b"aut"]),
        Some(b'c') => begins(&[b"cy", b"component"]),
        Some(b'h') => begins(&[b"hook"]),
        Some(b'e') => begins(&[b"e2e", b"element"]),
        Some(b'l') => begins(&[b"locator"]),
        Some(b'm') => begins(&[b"marker"]),
        Some(b's') => begins(&[b"selenium"]),
        Some(b'p') => begins(&[b"product-price"]),
        _ => false,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c')
}

/// The first place from `at` on whose byte is not `passed`.
#[inline]
fn skip(bytes: &[u8], mut at: usize, passed: impl Fn(u8) -> bool) -> usize {
    while bytes.get(at).is_some_and(|byte| passed(*byte)) {
        at += 1;
    }
    at
}

/// The attributes of one tag in order, from the text between its name and its `>`.
#[derive(Clone, Debug)]
pub(crate) struct Attributes<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The first attribute of that (lower-case) name, character references resolved.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.raw(name).map(unescape)
    }

    /// The first attribute of that (lower-case) name as it is written.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        self.clone().find_map(|(is, value)| is.eq_ignore_ascii_case(name).then_some(value))
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let span = next(self.text.as_bytes(), &mut self.at)?;
        let text = |(start, end): (usize, usize)| self.text.get(start..end).unwrap_or_default();
        Some((text(span.name), text(span.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_in_every_writing() {
        let rows = [
            (" a=1 b='2' c=\"3\"", vec![("a", "1"), ("b", "2"), ("c", "3")]),
            (" hidden/", vec![("hidden", "")]),
            (" title = it's  x", vec![("title", "it's"), ("x", "")]),
            (" a=\"x>y\" b", vec![("a", "x>y"), ("b", "")]),
            ("/a=b/c", vec![("a", "b/c")]),
            (" =x=1", vec![("=x", "1")]),
            (" a='never closed", vec![("a", "never closed")]),
            (" a=", vec![("a", "")]),
            ("", vec![]),
        ];
        for (text, expected) in rows {
            assert_eq!(Attributes::new(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_first_of_a_name_counts_and_is_unescaped() {
        let attributes = Attributes::new(" CONTENT=\"Tom &amp; Jerry\" content=no");
        assert_eq!(attributes.get("content").as_deref(), Some("Tom & Jerry"));
        assert_eq!(attributes.get("href"), None);
    }
}
