//! Whole pages: each folder under `tests/pages` holds a page and what it says.
//!
//! `expected.json` has the page's `url` (and `contentType`, where the server's header matters), the `kind` and the `product`.

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
}

#[test]
fn every_page_says_what_is_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut cases = 0;
    let mut wrong = Vec::new();
    for case in fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()) {
        let expected: Expected = serde_json::from_slice(&fs::read(case.join("expected.json")).unwrap()).unwrap();
        let body = fs::read(case.join("page.html")).unwrap();
        let url = Url::parse(&expected.url).unwrap();
        let extraction = extract(&Page { url: &url, content_type: expected.content_type.as_deref(), body: &body });
        let product = serde_json::to_value(&extraction.product).unwrap();
        if extraction.kind != expected.kind || product != expected.product {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            wrong.push(format!(
                "{name}: {:?} {product:#}\nexpected {:?} {:#}",
                extraction.kind, expected.kind, expected.product
            ));
        }
        cases += 1;
    }
    assert!(cases >= 20, "only {cases} cases were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
