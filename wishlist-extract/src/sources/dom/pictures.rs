//! The product's pictures, where no markup names them.

use crate::extraction::{Field, Source};
use crate::fields::fold;
use crate::page::{Document, NodeId, Tag, flags};
use crate::sources::Candidates;

/// Where an image's address stands, the largest version first.
const ADDRESSES: &[&str] =
    &["data-zoom-image", "data-large_image", "data-large", "data-original", "data-src", "data-lazy-src", "src"];

/// What main pictures are called.
const MAIN: &[&str] = &[
    "main",
    "zoom",
    "gallery",
    "primary",
    "hero",
    "product-image",
    "productimage",
    "product_image",
    "fancybox",
    "lightbox",
    "big",
    "large",
];

/// Pictures looked at.
const MAX_PICTURES: usize = 400;

/// Gives pictures called after the heading, or called main ones, near it.
pub(super) fn read(document: &Document<'_>, anchor: NodeId, heading: Option<&str>, candidates: &mut Candidates) {
    let heading = heading.map(fold).filter(|heading| heading.len() > 3);
    let mut found: Vec<(i64, NodeId)> = Vec::new();
    let pictures =
        document.nodes().filter(|(_, node)| node.tag == Tag::Img && !node.has(flags::HIDDEN)).take(MAX_PICTURES);
    for (id, _) in pictures {
        let attributes = document.attributes(id);
        let small = ["width", "height"].iter().any(|name| {
            attributes
                .raw(name)
                .and_then(|size| size.trim_end_matches("px").parse::<u32>().ok())
                .is_some_and(|size| size < 80)
        });
        let distance = i64::from(id.abs_diff(anchor));
        if small || distance > 600 {
            continue;
        }
        let alt = attributes.get("alt").map(|alt| fold(&alt)).unwrap_or_default();
        let called = heading.as_ref().is_some_and(|heading| {
            2 * alt.len() > heading.len() && (heading.contains(&alt) || alt.contains(heading.as_str()))
        });
        let around: String =
            document.ancestors(id).take(3).map(|(id, _)| document.source(id)).collect::<String>().to_ascii_lowercase();
        let own = document.source(id).to_ascii_lowercase();
        let main = MAIN.iter().any(|word| around.contains(word) || own.contains(word));
        let points = 40 * i64::from(called) + 20 * i64::from(main) - distance / 40;
        if called || main {
            found.push((points, id));
        }
    }
    found.sort_by_key(|(points, id)| (std::cmp::Reverse(*points), *id));
    for (_, id) in found.iter().take(5) {
        if let Some(address) = address(document, *id) {
            candidates.add(Field::Image, Source::Dom, &address);
        }
    }
}

/// The largest version of a picture: of the link around it, of its `srcset`, else its own.
fn address(document: &Document<'_>, id: NodeId) -> Option<String> {
    let attributes = document.attributes(id);
    let link = document.ancestors(id).take(2).find(|(_, node)| node.tag == Tag::A);
    let linked = link.and_then(|(id, _)| document.attributes(id).get("href")).filter(|href| is_picture(href));
    let set = || ["srcset", "data-srcset"].iter().find_map(|name| largest(&attributes.get(name)?));
    let own = || {
        ADDRESSES
            .iter()
            .find_map(|name| attributes.get(name).filter(|value| !value.is_empty() && !value.starts_with("data:")))
    };
    linked.map(Into::into).or_else(set).or_else(|| own().map(Into::into))
}

fn is_picture(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url).to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"].iter().any(|end| path.ends_with(end))
}

/// The candidate of a `srcset` with the largest descriptor.
pub(crate) fn largest(set: &str) -> Option<String> {
    let mut best: Option<(u64, &str)> = None;
    for candidate in set.split(", ").flat_map(|part| part.split(",http").take(1)) {
        let mut words = candidate.split_ascii_whitespace();
        let Some(url) = words.next() else { continue };
        let size = words.next().map_or(1.0, |size| size.trim_end_matches(['w', 'x']).parse::<f64>().unwrap_or(1.0));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "sizes are small; only their order counts"
        )]
        let size = (size * 100.0) as u64;
        if best.is_none_or(|(largest, _)| size > largest) {
            best = Some((size, url.trim_end_matches(',')));
        }
    }
    best.map(|(_, url)| url.to_owned())
}
