//! The shop's number, where an element is called so.

use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean};
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

/// The longest number.
const MAX_NUMBER: usize = 30;

/// Gives the short texts of elements called so near the heading at `anchor`.
pub(super) fn read(document: &Document<'_>, anchor: NodeId, candidates: &mut Candidates) {
    let near = document
        .nodes()
        .skip(anchor.saturating_sub(BEFORE) as usize)
        .take((BEFORE + AFTER) as usize);
    let inline = |tag: Tag| {
        matches!(
            tag,
            Tag::Span | Tag::P | Tag::Div | Tag::Dd | Tag::Td | Tag::Strong | Tag::B | Tag::Small | Tag::Li
        )
    };
    for (id, _) in near.filter(|(_, node)| inline(node.tag)) {
        let tag = document.source(id);
        if tag.len() > 300 || !NAMES.iter().any(|name| contains(tag, name)) {
            continue;
        }
        let text = clean(&document.text(id, 100), MAX_NUMBER + 20);
        let number = text.rsplit([' ', ':', '#']).next().unwrap_or(&text);
        if number.len() <= MAX_NUMBER && number.chars().filter(char::is_ascii_digit).count() >= 3 {
            candidates.add(Field::Sku, Source::Dom, number);
        }
    }
}

fn contains(tag: &str, name: &str) -> bool {
    tag.as_bytes()
        .windows(name.len())
        .any(|part| part.eq_ignore_ascii_case(name.as_bytes()))
}
