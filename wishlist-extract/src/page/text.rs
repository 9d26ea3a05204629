//! Text as people read it.

use std::borrow::Cow;

/// Character references resolved as in HTML.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if text.contains('&') { htmlize::unescape(text) } else { Cow::Borrowed(text) }
}

/// One line of plain text of at most `limit` characters: white space folded, control, bidi and invisible characters gone.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len().min(limit * 4));
    let (mut length, mut space) = (0, false);
    for c in text.chars() {
        if c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') {
            space = length > 0;
            continue;
        }
        if is_unseen(c) {
            continue;
        }
        let needed = 1 + usize::from(space);
        if length + needed > limit {
            break;
        }
        if space {
            line.push(' ');
        }
        line.push(c);
        length += needed;
        space = false;
    }
    line
}

/// Control, bidi and zero-width characters, soft hyphens, tags and private use. The joiners stay: emoji and Persian words need them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_one_visible_line() {
        let rows = [
            ("  Two\n\twords \u{a0} ", "Two words"),
            ("a\u{202e}b\u{200b}c\u{0}d", "abcd"),
            ("Kaffee\u{ad}mühle", "Kaffeemühle"),
            ("\u{feff}", ""),
            ("👨‍👩‍👧 set", "👨‍👩‍👧 set"),
        ];
        for (text, line) in rows {
            assert_eq!(clean(text, 100), line, "{text:?}");
        }
        assert_eq!(clean("one two three", 7), "one two");
        assert_eq!(clean("one two three", 8), "one two");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC{0,40}|.{0,40}", limit in 1usize..50) {
            let once = clean(&text, limit);
            prop_assert!(once.chars().count() <= limit);
            prop_assert_eq!(clean(&once, limit), once);
        }
    }
}
