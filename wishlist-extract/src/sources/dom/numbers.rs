//! The shop's number, where an element is called so.

use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean, unescape};
use crate::sources::Candidates;

/// What elements with the shop's number are called, in any attribute.
const NAMES: &[&str] = &[
    "sku",
    "product-reference",
    "product-code",
    "productcode",
    "product_code",
    "product-number",
    "productnumber",
    "item-number",
    "itemnumber",
    "article-number",
    "articlenumber",
    "artikelnummer",
    "articlenr",
    "product-ref",
    "productref",
    "reference-number",
];

/// Nodes around the heading that are looked at.
const BEFORE: NodeId = 100;
const AFTER: NodeId = 600;

/// The longest number, the longest text that ends in one, and the longest tag that names one: longer ones hold other things.
const MAX_NUMBER: usize = 30;
const MAX_TEXT: usize = 60;
const MAX_TAG: usize = 300;

/// Gives the short texts of elements called so near the heading at `anchor`.
pub(super) fn read(document: &Document<'_>, anchor: NodeId, candidates: &mut Candidates) {
    let near = document
        .nodes()
        .skip(anchor.saturating_sub(BEFORE) as usize)
        .take((BEFORE + AFTER) as usize);
    for (id, _) in near.filter(|(_, node)| node.tag == Tag::Text) {
        let source = document.source(id);
        let digits = source.bytes().filter(u8::is_ascii_digit).count();
        if digits < 3 || source.len() > MAX_TEXT {
            continue;
        }
        let called = |id: NodeId| {
            let tag = document.source(id).to_ascii_lowercase();
            tag.len() <= MAX_TAG && NAMES.iter().any(|name| tag.contains(name))
        };
        let text = clean(&unescape(source), MAX_TEXT);
        let number = text.rsplit([' ', ':', '#']).next().unwrap_or(&text);
        let whole = number.len() <= MAX_NUMBER && number.bytes().filter(u8::is_ascii_digit).count() >= 3;
        if whole && document.ancestors(id).take(2).any(|(id, _)| called(id)) {
            candidates.add(Field::Sku, Source::Dom, number);
        }
    }
}
