//! Who makes it, where no markup and no label says so.

use super::called::Called;
use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean};
use crate::sources::Candidates;

/// Nodes around the heading that are looked at.
const BEFORE: NodeId = 60;
const AFTER: NodeId = 400;

/// The longest name.
const MAX_NAME: usize = 50;

/// Gives names near the heading at `anchor`.
pub(super) fn read(document: &Document<'_>, anchor: NodeId, candidates: &mut Candidates) {
    for (id, node) in document
        .nodes()
        .skip(anchor.saturating_sub(BEFORE) as usize)
        .take((BEFORE + AFTER) as usize)
    {
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
    let text = clean(&document.text(id, 300), MAX_NAME + 1);
    if !text.is_empty() {
        let text = text.rsplit_once(": ").map_or(text.as_str(), |(_, name)| name);
        return if text.chars().count() <= MAX_NAME {
            text.to_owned()
        } else {
            String::new()
        };
    }
    let picture = document.within(id).take(6).find(|(_, node)| node.tag == Tag::Img);
    let alt = picture.and_then(|(id, _)| document.attributes(id).get("alt"));
    alt.map(|alt| clean(&alt, MAX_NAME)).unwrap_or_default()
}
