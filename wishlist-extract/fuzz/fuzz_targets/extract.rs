//! Any bytes as a page: what comes out keeps the promises of the crate's front page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;
use wishlist_core::model::PageKind;
use wishlist_extract::{Page, extract};

fuzz_target!(|body: &[u8]| {
    let Ok(url) = Url::parse("https://shop.example/p/1?id=2") else { return };
    let extraction = extract(&Page { url: &url, content_type: None, body });
    let product = &extraction.product;
    let sells = product.price.is_some() || product.availability.is_some();
    assert!(!sells || extraction.kind == PageKind::Product);
    for text in [&product.title, &product.brand, &product.sku, &product.description].into_iter().flatten() {
        assert!(!text.is_empty() && text.chars().count() <= 1000 && !text.contains(char::is_control), "{text:?}");
    }
    for text in product.images.iter().chain(&product.canonical_url) {
        let url = Url::parse(text);
        assert!(url.is_ok_and(|url| matches!(url.scheme(), "http" | "https")), "{text}");
    }
    assert!(extraction.findings.values().all(|finding| (1..=99).contains(&finding.confidence)));
});
