//! HTML as tags and text, in the order of the page.
//!
//! Follows the tokenizer of the WHATWG standard (13.2.5) where it matters to a reader; why it is ours is in
//! `docs/decisions/0003-html-by-tokenizer.md`.

use memchr::{memchr, memmem};

use super::{attributes, tag::Tag};

/// What attributes an element has, so that most elements need not be asked.
pub(crate) mod flags {
    pub(crate) const ID: u8 = 1;
    /// `class`, or a name that a site's own tests use.
    pub(crate) const CLASS: u8 = 2;
    pub(crate) const ITEMPROP: u8 = 4;
    pub(crate) const ITEMSCOPE: u8 = 8;
    pub(crate) const PROPERTY: u8 = 16;
    pub(crate) const TYPEOF: u8 = 32;
    /// `hidden`, or a style of `display: none`.
    pub(crate) const HIDDEN: u8 = 64;
    /// White space or the edge of a block stands before it.
    pub(crate) const SPACE: u8 = 128;
}

/// One token with the byte offsets where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `start` is at the `<`, `end` at the `>`.
    Start {
        tag: Tag,
        start: usize,
        end: usize,
        flags: u8,
    },
    End {
        tag: Tag,
        name: (usize, usize),
    },
    Text {
        start: usize,
        end: usize,
    },
    /// The content of an element whose content is not markup.
    Raw {
        start: usize,
        end: usize,
    },
}

/// The tokens of a text.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
    raw: Option<Tag>,
    end_tag: memmem::Finder<'static>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, raw: None, end_tag: memmem::Finder::new("</") }
    }

    fn rest(&self, from: usize) -> &'a [u8] {
        self.bytes.get(from..).unwrap_or_default()
    }

    /// The end of the name that begins at `from`.
    fn name_end(&self, from: usize) -> usize {
        let ends = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' | b'/' | b'>');
        let rest = self.rest(from);
        from + rest.iter().position(ends).unwrap_or(rest.len())
    }

    fn tag(&self, start: usize, end: usize) -> Tag {
        self.bytes.get(start..end).map_or(Tag::Other, Tag::of)
    }

    /// The tag at `<`, or `None` where the page ends within it.
    fn start_tag(&mut self, start: usize) -> Option<Token> {
        let name_end = self.name_end(start + 1);
        let tag = self.tag(start + 1, name_end);
        let (mut at, mut flags) = (name_end, 0);
        while let Some(span) = attributes::next(self.bytes, &mut at) {
            let part = |(start, end): (usize, usize)| self.bytes.get(start..end).unwrap_or_default();
            flags |= flag_of(part(span.name), part(span.value));
        }
        self.bytes.get(at)?;
        self.at = at + 1;
        self.raw = tag.is_raw().then_some(tag);
        Some(Token::Start { tag, start, end: at, flags })
    }

    fn end_tag(&mut self, start: usize) -> Option<Token> {
        let name_end = self.name_end(start + 2);
        let tag = self.tag(start + 2, name_end);
        let mut at = name_end;
        while attributes::next(self.bytes, &mut at).is_some() {}
        self.bytes.get(at)?;
        self.at = at + 1;
        Some(Token::End { tag, name: (start + 2, name_end) })
    }

    /// Past a comment, a doctype or anything else in `<!…>` and `<?…>`.
    fn skip_declaration(&mut self, start: usize) {
        let rest = self.rest(start);
        self.at = start
            + if let Some(comment) = rest.strip_prefix(b"<!--") {
                // `<!-->` and `<!--->` are whole comments, so the dashes of the opening count for the end.
                let from = rest.len() - comment.len() - 2;
                let tail = rest.get(from..).unwrap_or_default();
                memmem::find(tail, b"-->").map_or(rest.len(), |end| from + end + 3)
            } else {
                memchr(b'>', rest).map_or(rest.len(), |end| end + 1)
            };
    }

    /// Everything up to the end tag of the element that has just begun.
    fn raw_text(&mut self, tag: Tag) -> Option<Token> {
        let start = self.at;
        let rest = self.rest(start);
        let end = self.end_tag.find_iter(rest).find(|end| {
            let name = start + end + 2;
            let name_end = self.name_end(name);
            name_end - name <= 10 && self.tag(name, name_end) == tag
        });
        self.at = start + end.unwrap_or(rest.len());
        (self.at > start).then_some(Token::Raw { start, end: self.at })
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        if let Some(tag) = self.raw.take()
            && let Some(token) = self.raw_text(tag)
        {
            return Some(token);
        }
        let text = self.at;
        let mut look = self.at;
        loop {
            let Some(found) = memchr(b'<', self.rest(look)) else {
                self.at = self.bytes.len();
                return (text < self.at).then_some(Token::Text { start: text, end: self.at });
            };
            let start = look + found;
            let kind = match (self.bytes.get(start + 1), self.bytes.get(start + 2)) {
                (Some(b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?'), _) => true,
                (Some(b'/'), Some(next)) => next.is_ascii_alphabetic(),
                _ => false,
            };
            if !kind {
                look = start + 1;
                continue;
            }
            if start > text {
                self.at = start;
                return Some(Token::Text { start: text, end: start });
            }
            match self.bytes.get(start + 1) {
                Some(b'/') => return self.end_tag(start),
                Some(b'!' | b'?') => {
                    self.skip_declaration(start);
                    return self.next();
                }
                _ => return self.start_tag(start),
            }
        }
    }
}

/// The flag of one attribute.
#[inline]
fn flag_of(name: &[u8], value: &[u8]) -> u8 {
    let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
    match name.len() {
        2 if is(b"id") => flags::ID,
        5 if is(b"class") => flags::CLASS,
        5 if is(b"style") && hides(value) => flags::HIDDEN,
        6 if is(b"hidden") => flags::HIDDEN,
        6 if is(b"typeof") => flags::TYPEOF,
        8 if is(b"itemprop") => flags::ITEMPROP,
        8 if is(b"property") => flags::PROPERTY,
        9 if is(b"itemscope") => flags::ITEMSCOPE,
        7.. if name.starts_with(b"data-") && super::is_test_name(name) => flags::CLASS,
        _ => 0,
    }
}

fn hides(style: &[u8]) -> bool {
    let Some(at) = memmem::find(style, b"display") else {
        return false;
    };
    let value = style.get(at + 7..).unwrap_or_default().trim_ascii_start();
    value.strip_prefix(b":").is_some_and(|value| value.trim_ascii_start().starts_with(b"none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        let part = |start: usize, end: usize| text.get(start..end).unwrap();
        Tokens::new(text)
            .map(|token| match token {
                Token::Start { tag, start, end, .. } => format!("{tag:?} {}", part(start, end + 1)),
                Token::End { tag, .. } => format!("/{tag:?}"),
                Token::Text { start, end } => format!("text {}", part(start, end)),
                Token::Raw { start, end } => format!("raw {}", part(start, end)),
            })
            .collect()
    }

    #[test]
    fn markup_as_browsers_split_it() {
        let rows: [(&str, &[&str]); 12] = [
            ("<p>a<b>c</b>", &["P <p>", "text a", "B <b>", "text c", "/B"]),
            ("1 < 2 <3 </ a", &["text 1 < 2 <3 </ a"]),
            ("<a title='x>y' b=c>z", &["A <a title='x>y' b=c>", "text z"]),
            ("a<!-- <b> -->c", &["text a", "text c"]),
            ("<!-->a<!--->b<!----->c", &["text a", "text b", "text c"]),
            ("<!doctype html><?php x ?>a", &["text a"]),
            ("<script>a<b></scripty></SCRIPT >c", &["Script <script>", "raw a<b></scripty>", "/Script", "text c"]),
            ("<title>a<b></title>", &["Title <title>", "raw a<b>", "/Title"]),
            ("<style></style>x", &["Style <style>", "/Style", "text x"]),
            ("<script>never closed", &["Script <script>", "raw never closed"]),
            ("a<div class=\"never closed", &["text a"]),
            ("<my-tag/><BR/>", &["Other <my-tag/>", "Br <BR/>"]),
        ];
        for (text, expected) in rows {
            assert_eq!(tokens(text), expected, "{text:?}");
        }
    }

    #[test]
    fn elements_know_their_telling_attributes() {
        let rows = [
            ("<a id=x CLASS=y>", flags::ID | flags::CLASS),
            ("<a itemprop=name itemscope>", flags::ITEMPROP | flags::ITEMSCOPE),
            ("<a style='color:red; display : none'>", flags::HIDDEN),
            ("<a style='display:block' data-hidden>", 0),
        ];
        for (text, expected) in rows {
            assert!(
                matches!(Tokens::new(text).next(), Some(Token::Start { flags, .. }) if flags == expected),
                "{text}"
            );
        }
    }
}
