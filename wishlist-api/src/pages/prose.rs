//! Descriptions, which OpenAPI has as `CommonMark`.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Options, Parser, html};

/// A description as paragraphs, lists and tables. Markup in it is shown as it was typed.
pub(super) fn prose(text: &str) -> Markup {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(typed) | Event::InlineHtml(typed) => Event::Text(typed),
        other => other,
    });
    let mut written = String::with_capacity(text.len() * 2);
    html::push_html(&mut written, events);
    PreEscaped(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_set_and_its_markup_is_text() {
        let rows = [
            ("A `PUT` replaces.", "<p>A <code>PUT</code> replaces.</p>\n"),
            ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
            ("a <b>bold</b> word", "<p>a &lt;b&gt;bold&lt;/b&gt; word</p>\n"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ];
        for (text, expected) in rows {
            assert_eq!(prose(text).into_string(), expected);
        }
    }
}
