//! Any text as the content of a page's JSON-LD and of its state.

#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;
use wishlist_extract::{Page, extract};

fuzz_target!(|json: &str| {
    let Ok(url) = Url::parse("https://shop.example/p/1") else { return };
    let page = format!(
        "<title>Hand mill</title><script type=application/ld+json>{json}</script><script>{json}</script><h1>Hand mill</h1>"
    );
    extract(&Page { url: &url, content_type: None, body: page.as_bytes() });
});
