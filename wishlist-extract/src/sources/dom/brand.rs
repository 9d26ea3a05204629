//! Who makes it, where no markup and no label says so.

use super::called::Called;
use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean};
use crate::sources::Candidates;

/// Nodes around the heading that are looked at.
const BEFORE: NodeId = 60;
const AFTER: NodeId = 400;

/// The longest name, and the longest brand of a snippet, which was chosen for being one.
const MAX_NAME: usize = 50;
const MAX_BRAND: usize = 200;

/// Nodes of one element that are searched for a picture.
const MAX_NODES: usize = 200;

/// Gives names near the heading at `anchor`.
pub(super) fn read(document: &Document<'_>, anchor: NodeId, candidates: &mut Candidates) {
    for (id, node) in document.nodes().skip(anchor.saturating_sub(BEFORE) as usize).take((BEFORE + AFTER) as usize) {
        let linked = node.tag == Tag::A && {
            let href = document.attributes(id).raw("href").unwrap_or_default();
            Called::of(href).has(Called::BRAND_PATH)
        };
        let named = || {
            let called = Called::of_element(document, id);
            called.has(Called::BRAND) && !called.has(Called::FRAME)
        };
        if linked || (node.tag != Tag::Body && named()) {
            candidates.add(Field::Brand, Source::Dom, &name(document, id));
        }
    }
}

/// The text of an element, or what its picture is called, if it can be a name.
fn name(document: &Document<'_>, id: NodeId) -> String {
    let text = named(document, id, MAX_NAME + 1);
    let text = text.rsplit_once(": ").map_or(text.as_str(), |(_, name)| name);
    if text.chars().count() <= MAX_NAME { text.to_owned() } else { String::new() }
}

/// What is seen of an element: its text, else what its first picture is called.
fn named(document: &Document<'_>, id: NodeId, limit: usize) -> String {
    let text = clean(&document.text(id, limit * 4), limit);
    if !text.is_empty() {
        return text;
    }
    let whole = std::iter::once(id).chain(document.within(id).map(|(id, _)| id)).take(MAX_NODES);
    let mut pictures = whole.filter(|id| document.node(*id).is_some_and(|node| node.tag == Tag::Img));
    pictures
        .find_map(|id| Some(clean(&document.attributes(id).get("alt")?, limit)).filter(|alt| !alt.is_empty()))
        .unwrap_or_default()
}

/// The brand that a snippet of HTML shows: its text, else what its picture is called.
///
/// ```
/// use wishlist_extract::parse_brand;
///
/// assert_eq!(parse_brand("<a href='/acme'><img src='acme.svg' alt='Acme'></a>").as_deref(), Some("Acme"));
/// ```
pub fn parse_brand(html: &str) -> Option<String> {
    let document = Document::parse(html, html.len());
    let mut at = 0;
    let mut picture = None;
    while document.node(at).is_some() {
        let text = clean(&document.text(at, MAX_BRAND * 4), MAX_BRAND);
        if !text.is_empty() {
            return Some(text);
        }
        picture = picture.or_else(|| Some(named(&document, at, MAX_BRAND)).filter(|name| !name.is_empty()));
        at = document.after(at);
    }
    picture
}
