//! Who makes it, where no markup and no label says so.

use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean, flags};
use crate::sources::Candidates;

/// What links to a maker's products have in their address.
const PATHS: &[&str] = &[
    "/brand/",
    "/brands/",
    "/marke/",
    "/marken/",
    "/marque/",
    "/marques/",
    "/marca/",
    "/marcas/",
    "/marchi/",
    "/merk/",
    "/merken/",
    "/manufacturer/",
    "/manufacturers/",
    "/hersteller/",
    "/vendor/",
    "/vendors/",
    "/designer/",
    "/designers/",
    "/producer/",
    "/producent/",
    "/znacka/",
    "/vyrobce/",
    "/vyrobca/",
    "brand=",
    "marke=",
    "marca=",
    "manufacturer=",
    "manufacturer_id=",
    "vendor=",
    "/collections/vendors",
];

/// What elements with a maker's name are called, and what only sounds like it.
const NAMES: &[&str] = &["brand", "manufacturer", "vendor", "designer"];
const OTHERS: &[&str] = &[
    "navbar",
    "header",
    "branding",
    "site-",
    "footer",
    "menu",
    "brandlist",
    "filter",
    "logo-",
];

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
            let href = document
                .attributes(id)
                .raw("href")
                .unwrap_or_default()
                .to_ascii_lowercase();
            PATHS.iter().any(|path| href.contains(path))
        };
        let called = || {
            let class = document
                .attributes(id)
                .raw("class")
                .unwrap_or_default()
                .to_ascii_lowercase();
            NAMES.iter().any(|name| class.contains(name)) && !OTHERS.iter().any(|name| class.contains(name))
        };
        if linked || (node.has(flags::CLASS) && node.tag != Tag::Body && called()) {
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
