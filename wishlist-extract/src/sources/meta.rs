//! `<meta>`, `<link>` and `<title>`: Open Graph, `product:`, Twitter and what was there before them.

use std::borrow::Cow;

use super::Candidates;
use crate::extraction::{Field, Source};
use crate::page::{Document, NodeId, Tag, clean, unescape};

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
    ("og:product:brand", Field::Brand, Source::OpenGraph),
    ("product:brand", Field::Brand, Source::OpenGraph),
    ("og:availability", Field::Availability, Source::OpenGraph),
    ("product:availability", Field::Availability, Source::OpenGraph),
    ("og:product:availability", Field::Availability, Source::OpenGraph),
    ("og:price:availability", Field::Availability, Source::OpenGraph),
    ("product:retailer_item_id", Field::Sku, Source::OpenGraph),
    ("product:sku", Field::Sku, Source::OpenGraph),
    ("og:ean", Field::Gtin, Source::OpenGraph),
    ("og:upc", Field::Gtin, Source::OpenGraph),
    ("og:isbn", Field::Gtin, Source::OpenGraph),
    ("product:ean", Field::Gtin, Source::OpenGraph),
    ("product:upc", Field::Gtin, Source::OpenGraph),
    ("product:isbn", Field::Gtin, Source::OpenGraph),
    ("product:gtin", Field::Gtin, Source::OpenGraph),
    ("product:gtin13", Field::Gtin, Source::OpenGraph),
    ("book:isbn", Field::Gtin, Source::OpenGraph),
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
    ("og:product:price:amount", "og:product:price:currency", Field::Price),
    ("product:price", "product:currency", Field::Price),
    ("product:original_price:amount", "product:original_price:currency", Field::ListPrice),
    ("og:price:standard_amount", "og:price:currency", Field::ListPrice),
];

/// Metas that give no field by themselves.
const OTHERS: &[&str] = &["og:type", "robots", "content-language", "og:locale"];

/// Labels of Twitter cards and the values they label.
const LABELS: &[(&str, &str)] = &[("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")];

/// Metas that are kept; a page has some thirty.
const MAX_METAS: usize = 512;

fn is_asked_for(name: &str) -> bool {
    let field = || FIELDS.iter().any(|(is, ..)| *is == name);
    let price = || PRICES.iter().any(|(amount, currency, _)| *amount == name || *currency == name);
    let label = || LABELS.iter().any(|(label, data)| *label == name || *data == name);
    OTHERS.contains(&name) || field() || price() || label()
}

/// Reads the head of a page, wherever its parts stand.
pub(crate) fn read(document: &Document<'_>, candidates: &mut Candidates) -> Head {
    let mut head = Head::default();
    let mut metas = Vec::new();
    for (id, node) in document.nodes() {
        match node.tag {
            Tag::Meta if metas.len() < MAX_METAS => metas.extend(meta(document, id)),
            Tag::Link => read_link(document, id, candidates),
            Tag::Title if head.title.is_none() && !document.ancestors(id).any(|(_, node)| node.tag == Tag::Svg) => {
                let title = clean(&unescape(document.raw(id)), 1000);
                head.title = Some(title).filter(|title| !title.is_empty());
            }
            Tag::Html if head.language.is_none() => {
                let language = document.attributes(id).raw("lang").map(str::to_ascii_lowercase);
                head.language = language.filter(|language| !language.is_empty());
            }
            _ => {}
        }
    }
    read_metas(&metas, &mut head, candidates);
    head
}

/// The name and the content of a meta that some rule asks for.
fn meta<'a>(document: &Document<'a>, id: NodeId) -> Option<(String, Cow<'a, str>)> {
    let attributes = document.attributes(id);
    let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|name| attributes.raw(name))?;
    let name = name.trim().to_ascii_lowercase();
    let content = || attributes.get("content").or_else(|| attributes.get("value"));
    is_asked_for(&name).then(content).flatten().map(|content| (name, content))
}

fn read_link(document: &Document<'_>, id: NodeId, candidates: &mut Candidates) {
    let attributes = document.attributes(id);
    let relations = attributes.raw("rel").unwrap_or_default();
    for relation in relations.split_ascii_whitespace() {
        let field = match relation.to_ascii_lowercase().as_str() {
            "canonical" => Field::CanonicalUrl,
            "image_src" => Field::Image,
            _ => continue,
        };
        candidates.add(field, Source::Meta, &attributes.get("href").unwrap_or_default());
    }
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
    read_labels(metas, candidates);
    if let Some(title) = &head.title {
        candidates.add(Field::Title, Source::Meta, title);
    }
    let lower = |name: &str| content(name).map(|value| clean(value, 100).to_ascii_lowercase());
    head.og_type = lower("og:type");
    head.robots = lower("robots");
    head.language = head.language.take().or_else(|| lower("content-language")).or_else(|| lower("og:locale"));
}

/// Twitter cards name two values of the page's choice: `twitter:label1` is the label of `twitter:data1`.
fn read_labels(metas: &[(String, Cow<'_, str>)], candidates: &mut Candidates) {
    let content = |wanted: &str| metas.iter().find(|(name, _)| name == wanted).map(|(_, content)| content.as_ref());
    for (label, data) in LABELS {
        let (Some(label), Some(data)) = (content(label), content(data)) else { continue };
        let field = match clean(label, 40).to_lowercase().as_str() {
            "price" | "preis" | "prix" | "precio" | "prezzo" | "prijs" | "preço" | "cena" | "pris" => Field::Price,
            "availability" | "verfügbarkeit" | "disponibilité" | "disponibilidad" | "disponibilità" => {
                Field::Availability
            }
            "brand" | "marke" | "marque" | "marca" | "merk" => Field::Brand,
            _ => continue,
        };
        candidates.add(field, Source::OpenGraph, data);
    }
}
