//! Whole pages: each folder under `tests/pages` holds a page and what it says.
//!
//! `expected.json` has the page's `url` (and `contentType`, where the server's header matters), the `kind` and the `product`.
//! `missed` names fields of the product that are known not to be read as they should be.

#![expect(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use url::Url;
use wishlist_core::model::PageKind;
use wishlist_extract::{Page, extract};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expected {
    url: String,
    content_type: Option<String>,
    kind: PageKind,
    product: Value,
    #[serde(default)]
    missed: Vec<String>,
}

/// One page with what it should say and what was read of it.
struct Case {
    name: String,
    expected: Expected,
    kind: PageKind,
    product: Value,
}

impl Case {
    /// The fields that one of the two has and the other has otherwise.
    fn wrong(&self) -> Vec<&str> {
        let fields = |product: &'_ Value| product.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let known = FLOORS.iter().map(|(field, _)| *field).chain(["images"]);
        assert!(fields(&self.expected.product).iter().all(|field| known.clone().any(|known| known == field)));
        known.filter(|field| self.product.get(field) != self.expected.product.get(field)).collect()
    }
}

/// For each field the percent of pages that have it and on which it has to be right, so that a rule that helps one page at
/// the cost of others is noticed.
const FLOORS: &[(&str, usize)] = &[
    ("title", 98),
    ("price", 98),
    ("listPrice", 95),
    ("imageUrl", 95),
    ("availability", 98),
    ("brand", 95),
    ("sku", 95),
    ("gtin", 95),
    ("description", 95),
    ("canonicalUrl", 98),
    ("siteName", 98),
];

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let case = |folder: std::path::PathBuf| {
        let expected: Expected = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
        let body = fs::read(folder.join("page.html")).unwrap();
        let url = Url::parse(&expected.url).unwrap();
        let extraction = extract(&Page { url: &url, content_type: expected.content_type.as_deref(), body: &body });
        let product = serde_json::to_value(&extraction.product).unwrap();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        Case { name, expected, kind: extraction.kind, product }
    };
    fs::read_dir(folder).unwrap().map(|entry| case(entry.unwrap().path())).collect()
}

#[test]
fn every_page_says_what_is_expected() {
    let cases = cases();
    assert!(cases.len() >= 50, "only {} cases were found", cases.len());
    let wrong = cases.iter().filter(|case| case.kind != case.expected.kind || case.wrong() != case.expected.missed);
    let wrong: Vec<String> = wrong
        .map(|case| {
            let Case { name, expected, kind, product } = case;
            format!("{name}: {kind:?} {product:#}\nexpected {:?} {:#}", expected.kind, expected.product)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn no_field_falls_below_its_floor() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let cases = cases();
    for case in &cases {
        let wrong = case.wrong();
        for (field, _) in FLOORS {
            let told = case.expected.product.get(field).is_some() || case.product.get(field).is_some();
            let (right, all) = counts.entry(field).or_default();
            *all += usize::from(told);
            *right += usize::from(told && !wrong.contains(field));
        }
    }
    for (field, floor) in FLOORS {
        let (right, all) = counts[field];
        assert!(all >= 5, "only {all} pages tell a {field}");
        assert!(100 * right >= floor * all, "{field}: {right} of {all} right, expected {floor} %");
    }
}
