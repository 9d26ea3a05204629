//! Who makes it, where no markup and no label says so.

use memchr::memmem;

use crate::extraction::{Field, Source};
use crate::fields::fold;
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

/// Keys of makers' names in the state that pages keep for their scripts.
const KEYS: &[&str] = &[
    "\"brand\":",
    "\"brandName\":",
    "\"manufacturer\":",
    "'brand':",
    "\"product_brand\":",
    "\"productBrand\":",
];

/// Scripts are searched for a name up to this length: longer ones are programs and catalogues.
const MAX_SCRIPT: usize = 512 * 1024;

/// Gives names near the heading at `anchor`, then names in the page's scripts that its heading repeats.
pub(super) fn read(document: &Document<'_>, anchor: NodeId, heading: &str, candidates: &mut Candidates) {
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
    let heading = fold(heading);
    for value in state_names(document) {
        let folded = fold(&value);
        if folded.chars().count() > 1 && heading.contains(&folded) {
            candidates.add(Field::Brand, Source::Dom, &value);
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

/// The values of brand keys in scripts: a text, or an object that begins with its name.
fn state_names(document: &Document<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let scripts = document
        .nodes()
        .filter(|(_, node)| node.tag == Tag::Raw)
        .map(|(id, _)| document.source(id));
    for script in scripts.filter(|script| script.len() <= MAX_SCRIPT) {
        for key in KEYS {
            let found = memmem::find_iter(script.as_bytes(), key.as_bytes()).take(8);
            let rests = found.filter_map(|at| script.get(at + key.len()..));
            names.extend(rests.filter_map(|rest| {
                let rest = rest.trim_start();
                let rest = rest.strip_prefix("{\"name\":").map_or(rest, str::trim_start);
                let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
                let value = rest.get(1..)?.split(quote).next()?;
                (value.chars().count() <= MAX_NAME && !value.contains('\\')).then(|| value.to_owned())
            }));
        }
    }
    names
}
