//! The product that a page's scripts hold under the page's own name.

use url::Url;

use super::object::each_of_name;
use super::prices::{self, Found, currency_in, plain};
use crate::extraction::{Field, Source};
use crate::fields::amount_of;
use crate::page::Document;
use crate::sources::Candidates;
use crate::sources::json::{Json, Kind, ValueId};

/// Keys of the other fields, in lower case without `_` and `-`.
const FIELDS: &[(&str, Field)] = &[
    ("sku", Field::Sku),
    ("productsku", Field::Sku),
    ("itemid", Field::Sku),
    ("productid", Field::Sku),
    ("articlenumber", Field::Sku),
    ("brand", Field::Brand),
    ("brandname", Field::Brand),
    ("itembrand", Field::Brand),
    ("vendor", Field::Brand),
    ("manufacturer", Field::Brand),
    ("gtin", Field::Gtin),
    ("gtin13", Field::Gtin),
    ("ean", Field::Gtin),
    ("barcode", Field::Gtin),
    ("upc", Field::Gtin),
    ("image", Field::Image),
    ("imageurl", Field::Image),
    ("featuredimage", Field::Image),
    ("mainimage", Field::Image),
    ("images", Field::Image),
    ("availability", Field::Availability),
    ("availabilitystatus", Field::Availability),
    ("stockstatus", Field::Availability),
];

/// Keys that say by `true` or `false` whether it can be had.
const IN_STOCK: &[&str] =
    &["available", "isavailable", "instock", "isinstock", "availableforsale", "issellable", "purchasable"];

/// Reads the product; whether it has a price and something else that only products have. `names` are the page's titles, folded.
pub(crate) fn read(document: &Document<'_>, url: &Url, names: &[String], candidates: &mut Candidates) -> bool {
    let mut sold = false;
    each_of_name(document, names, |script, json, id| {
        let mut found = prices::read(json, id);
        let mut told = facts(json, id, candidates) || found.currency.is_some();
        if let Some(variant) = variant(json, id, url) {
            told |= facts(json, variant, candidates);
        }
        if found.amount.is_some() {
            found.currency = found.currency.or_else(|| currency_in(script));
        }
        if let Some(amount) = &found.amount {
            add(Field::Price, amount, &found, candidates);
            sold |= told;
        }
        if let Some(before) = found.before.as_ref().filter(|_| found.amount.is_some()) {
            add(Field::ListPrice, before, &found, candidates);
        }
    });
    sold
}

/// The variant that the address names, else the first.
fn variant(json: &Json<'_>, id: ValueId, url: &Url) -> Option<ValueId> {
    let variants = VARIANTS.iter().find_map(|key| json.member(id, key))?;
    let named = |variant: &ValueId| {
        let own = json.member(*variant, "id").and_then(|id| json.text(id));
        own.is_some_and(|own| url.query_pairs().any(|(_, value)| value == own))
    };
    json.children(variants).find(named).or_else(|| json.children(variants).next())
}

/// Keys of a product's variants.
const VARIANTS: [&str; 4] = ["variants", "skus", "variations", "items"];

fn add(field: Field, amount: &str, found: &Found, candidates: &mut Candidates) {
    let amount = if found.minor || is_minor(amount, candidates) { in_hundreds(amount) } else { amount.to_owned() };
    candidates.add_price(field, Source::State, &amount, found.currency.as_deref());
}

/// A whole number that is a hundred times a price that is seen is in the smallest unit.
fn is_minor(amount: &str, candidates: &Candidates) -> bool {
    let whole = amount.len() > 2 && amount.bytes().all(|byte| byte.is_ascii_digit());
    let hundred = || amount_of(amount).map(|amount| amount / 100);
    let seen = candidates.of(Field::Price).filter(|candidate| candidate.source == Source::Dom);
    whole && seen.into_iter().any(|candidate| amount_of(&candidate.value) == hundred())
}

fn in_hundreds(amount: &str) -> String {
    let padded = format!("{amount:0>3}");
    let (whole, cents) = padded.split_at(padded.len() - 2);
    format!("{whole}.{cents}")
}

/// Adds what the object says besides its price; whether that was anything.
fn facts(json: &Json<'_>, id: ValueId, candidates: &mut Candidates) -> bool {
    let mut told = false;
    for child in json.children(id) {
        let key = plain(json.key(child));
        if let Some((_, field)) = FIELDS.iter().find(|(is, _)| *is == key) {
            if json.kind(child) == Kind::Object && *field == Field::Availability {
                continue;
            }
            // `"brand":{"name":"Acme"}`, `"images":[{"url":"/a.jpg"}]`.
            let first =
                if json.kind(child) == Kind::Array { json.children(child).next().unwrap_or(child) } else { child };
            let inner = ["name", "url", "src", "value", "label"].iter().find_map(|key| json.member(first, key));
            if let Some(text) = json.text(inner.unwrap_or(first)) {
                candidates.add(*field, Source::State, &text);
                told |= !matches!(field, Field::Image);
            }
        } else if IN_STOCK.contains(&key.as_str()) {
            let term = match json.text(child).as_deref() {
                Some("true" | "1" | "yes") => "InStock",
                Some("false" | "0" | "no") => "OutOfStock",
                _ => continue,
            };
            candidates.add(Field::Availability, Source::State, term);
            told = true;
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_read_from_the_state_of_its_page() {
        let html = r#"<script>window.state={"product":{"id":9,"title":"Hand mill XL","vendor":"Acme","price":1990,"price_varies":false,
            "compare_at_price":2490,"available":false,"images":["//cdn.example/a.jpg"]},"related":[{"title":"Other","price":100}]}</script>"#;
        let mut candidates = Candidates::default();
        let url = "https://shop.example/p".parse().unwrap();
        assert!(read(&Document::parse(html, html.len()), &url, &["handmillxl".to_owned()], &mut candidates));
        let value =
            |field: Field| candidates.of(field).map(|candidate| candidate.value.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(value(Field::Price), "19.90");
        assert_eq!(value(Field::ListPrice), "24.90");
        assert_eq!(value(Field::Brand), "Acme");
        assert_eq!(value(Field::Availability), "OutOfStock");
        assert_eq!(value(Field::Image), "//cdn.example/a.jpg");
    }

    #[test]
    fn cents_are_told_by_what_is_seen() {
        let mut candidates = Candidates::default();
        candidates.add(Field::Price, Source::Dom, "$19.90");
        for (amount, expected) in [("1990", true), ("1991", false), ("19.90", false), ("20", false)] {
            assert_eq!(is_minor(amount, &candidates), expected, "{amount}");
        }
        assert_eq!((in_hundreds("5"), in_hundreds("1990")), ("0.05".to_owned(), "19.90".to_owned()));
    }
}
