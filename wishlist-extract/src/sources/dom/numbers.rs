//! The shop's number, where an element is called so.

use super::called::Called;
use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean, unescape};
use crate::sources::Candidates;

/// Nodes around the heading that are looked at.
const BEFORE: NodeId = 100;
const AFTER: NodeId = 600;

/// The longest number, the longest text that ends in one, and the longest tag that names one: longer ones hold other things.
const MAX_NUMBER: usize = 30;
const MAX_TEXT: usize = 60;
const MAX_TAG: usize = 300;

/// Gives the short texts of elements called so near the heading at `anchor`.
pub(super) fn read(document: &Document<'_>, anchor: NodeId, candidates: &mut Candidates) {
    let near = document.nodes().skip(anchor.saturating_sub(BEFORE) as usize).take((BEFORE + AFTER) as usize);
    for (id, _) in near.filter(|(_, node)| node.tag == Tag::Text) {
        let source = document.source(id);
        let digits = source.bytes().filter(u8::is_ascii_digit).count();
        if digits < 3 || source.len() > MAX_TEXT {
            continue;
        }
        // Test ids name numbers as often as classes do, so all of a tag counts.
        let called = |id: NodeId| {
            let tag = document.source(id);
            tag.len() <= MAX_TAG && Called::of(tag).has(Called::NUMBER)
        };
        let text = clean(&unescape(source), MAX_TEXT);
        let number = text.rsplit([' ', ':', '#']).next().unwrap_or(&text);
        let whole = number.len() <= MAX_NUMBER && number.bytes().filter(u8::is_ascii_digit).count() >= 3;
        if whole && document.ancestors(id).take(2).any(|(id, _)| called(id)) {
            candidates.add(Field::Sku, Source::Dom, number);
        }
    }
}
