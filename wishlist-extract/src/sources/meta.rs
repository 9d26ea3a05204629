//! `<meta>`, `<link>` and `<title>`: Open Graph, `product:`, Twitter and what was there before them.

use std::borrow::Cow;

use super::Candidates;
use crate::extraction::{Field, Source};
use crate::page::{Document, Tag, clean, unescape};

/// What metas say about a page besides its product's fields.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// `og:type`, in lower case.
    pub(crate) og_type: Option<String>,
    /// The text of `<title>`.
    pub(crate) title: Option<String>,
    /// `<html lang>` or the content language, in lower case.
    pub(crate) language: Option<String>,
    /// `<meta name="robots">`, in lower case.
    pub(crate) robots: Option<String>,
}

/// Metas by name and the field each gives; the names in lower case.
const FIELDS: &[(&str, Field, Source)] = &[
    ("og:title", Field::Title, Source::OpenGraph),
    ("og:image", Field::Image, Source::OpenGraph),
    ("og:image:url", Field::Image, Source::OpenGraph),
    ("og:image:secure_url", Field::Image, Source::OpenGraph),
    ("og:description", Field::Description, Source::OpenGraph),
    ("og:url", Field::CanonicalUrl, Source::OpenGraph),
    ("og:site_name", Field::SiteName, Source::OpenGraph),
    ("og:brand", Field::Brand, Source::OpenGraph),
    ("product:brand", Field::Brand, Source::OpenGraph),
    ("og:availability", Field::Availability, Source::OpenGraph),
    ("product:availability", Field::Availability, Source::OpenGraph),
    ("product:retailer_item_id", Field::Sku, Source::OpenGraph),
    ("og:ean", Field::Gtin, Source::OpenGraph),
    ("og:upc", Field::Gtin, Source::OpenGraph),
    ("og:isbn", Field::Gtin, Source::OpenGraph),
    ("product:ean", Field::Gtin, Source::OpenGraph),
    ("product:upc", Field::Gtin, Source::OpenGraph),
    ("product:isbn", Field::Gtin, Source::OpenGraph),
    ("product:gtin", Field::Gtin, Source::OpenGraph),
    ("books:isbn", Field::Gtin, Source::OpenGraph),
    ("twitter:title", Field::Title, Source::OpenGraph),
    ("twitter:image", Field::Image, Source::OpenGraph),
    ("twitter:image:src", Field::Image, Source::OpenGraph),
    ("twitter:description", Field::Description, Source::OpenGraph),
    ("title", Field::Title, Source::Meta),
    ("description", Field::Description, Source::Meta),
    ("application-name", Field::SiteName, Source::Meta),
    ("thumbnail", Field::Image, Source::Meta),
];

/// Metas that give an amount and the one that gives its currency.
const PRICES: &[(&str, &str, Field)] = &[
    ("product:sale_price:amount", "product:sale_price:currency", Field::Price),
    ("product:price:amount", "product:price:currency", Field::Price),
    ("og:price:amount", "og:price:currency", Field::Price),
    ("og:price", "og:currency", Field::Price),
    ("product:price", "product:currency", Field::Price),
    ("product:original_price:amount", "product:original_price:currency", Field::ListPrice),
    ("og:price:standard_amount", "og:price:currency", Field::ListPrice),
];

/// Metas that give no field by themselves.
const OTHERS: &[&str] = &["og:type", "robots", "content-language", "og:locale"];

/// Metas that are kept; a page has some thirty.
const MAX_METAS: usize = 512;

fn is_asked_for(name: &str) -> bool {
    let field = || FIELDS.iter().any(|(is, ..)| *is == name);
    let price = || PRICES.iter().any(|(amount, currency, _)| *amount == name || *currency == name);
    OTHERS.contains(&name) || field() || price()
}

/// Reads the head of a page, wherever its parts stand.
pub(crate) fn read(document: &Document<'_>, candidates: &mut Candidates) -> Head {
    let mut head = Head::default();
    let mut metas = Vec::new();
    let wanted = |tag: Tag| matches!(tag, Tag::Meta | Tag::Link | Tag::Title | Tag::Html);
    for (id, node) in document.nodes().filter(|(_, node)| wanted(node.tag)) {
        let attributes = document.attributes(id);
        match node.tag {
            Tag::Meta => {
                let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|name| attributes.raw(name));
                let name = name.map(|name| name.trim().to_ascii_lowercase()).filter(|name| is_asked_for(name));
                if let (Some(name), Some(content)) = (name, attributes.get("content"))
                    && metas.len() < MAX_METAS
                {
                    metas.push((name, content));
                }
            }
            Tag::Link => {
                let rel = attributes.raw("rel").unwrap_or_default().to_ascii_lowercase();
                let field = match rel.as_str() {
                    "canonical" => Field::CanonicalUrl,
                    "image_src" => Field::Image,
                    _ => continue,
                };
                candidates.add(field, Source::Meta, &attributes.get("href").unwrap_or_default());
            }
            Tag::Title if head.title.is_none() && !document.ancestors(id).any(|(_, node)| node.tag == Tag::Svg) => {
                let title = clean(&unescape(document.raw(id)), 1000);
                head.title = Some(title).filter(|title| !title.is_empty());
            }
            Tag::Html if head.language.is_none() => {
                head.language = attributes.raw("lang").map(str::to_ascii_lowercase).filter(|lang| !lang.is_empty());
            }
            _ => {}
        }
    }
    read_metas(&metas, &mut head, candidates);
    head
}

fn read_metas(metas: &[(String, Cow<'_, str>)], head: &mut Head, candidates: &mut Candidates) {
    let content = |wanted: &str| metas.iter().find(|(name, _)| name == wanted).map(|(_, content)| content.as_ref());
    for (wanted, field, source) in FIELDS {
        for (_, value) in metas.iter().filter(|(name, _)| name == wanted) {
            candidates.add(*field, *source, value);
        }
    }
    for (amount, currency, field) in PRICES {
        if let Some(amount) = content(amount) {
            candidates.add_price(*field, Source::OpenGraph, amount, content(currency));
        }
    }
    if let Some(title) = &head.title {
        candidates.add(Field::Title, Source::Meta, title);
    }
    let lower = |name: &str| content(name).map(|value| clean(value, 100).to_ascii_lowercase());
    head.og_type = lower("og:type");
    head.robots = lower("robots");
    head.language = head.language.take().or_else(|| lower("content-language")).or_else(|| lower("og:locale"));
}
