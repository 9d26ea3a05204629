//! The memory that one extraction takes, by an allocator that counts: alone in its program, so that nothing else is counted.

use peak_alloc::PeakAlloc;
use url::Url;
use wishlist_extract::{Page, extract};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const SCRIPT: &str = "<script type=application/ld+json>";

/// What pages are filled with, and what stands before it once.
const PIECES: &[(&str, &str)] = &[
    ("", "<a>"),
    ("", "<p>1 \u{20ac}"),
    ("", "x "),
    ("", "&amp;"),
    ("", "<p class=price>1 \u{20ac}"),
    ("", "<meta name=a content=b>"),
    ("", "<div itemscope itemprop=a itemtype=http://schema.org/Product>"),
    ("<div itemscope itemtype=http://schema.org/Product>", "<b itemprop=name>a</b>"),
    ("", "<img alt=mill class=main src=/a.jpg>"),
    ("", "<h1>a"),
    (SCRIPT, "["),
    (SCRIPT, "1,"),
    (SCRIPT, "{\"@type\":\"Product\"},"),
    (SCRIPT, "{\"@type\":\"Product\",\"name\":\"\\u0061\"},"),
    (SCRIPT, "\"\\n"),
    (SCRIPT, "{\"a\":"),
    (SCRIPT, "{\"@id\":\"a\",\"@type\":\"Product\",\"offers\":{\"@id\":\"a\"}},"),
    (SCRIPT, "{\"@type\":\"Product\",\"name\":1e400,\"offers\":[NaN,100000000000000000000],"),
    (SCRIPT, "&quot;a&quot;:"),
    ("<title>mill</title><script>", "{\"name\":\"mill\",\"price\":1},"),
    ("<title>mill</title><script>", "{\"name\":\"mill\",\"price\":["),
    ("<title>mill</title><script>f(\"", "{\\\"name\\\":\\\"mill\\\"},"),
    ("", "<div itemscope itemref='a b c'><p id=a itemprop=name>"),
    ("<p class=price>", "<b>1</b>"),
    ("<title>a", "&amp;"),
];

/// The most memory that was taken at once while `body` was read, beside itself.
fn peak(url: &Url, body: &[u8]) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    extract(&Page { url, content_type: None, body });
    ALLOCATOR.peak_usage() - before
}

#[test]
fn an_extraction_takes_three_times_its_page_and_a_mebibyte_at_most() {
    let url = Url::parse("https://shop.example/p/1").unwrap();
    // What is made once for all pages is not part of any.
    peak(&url, b"<h1>Mill</h1><p class=price>1 EUR</p>");
    // Not UTF-8: each of these bytes becomes two or three.
    let bytes = [0xE4u8, 0x80];
    let mut over = Vec::new();
    for (before, piece) in PIECES {
        for size in [10_000, 1_000_000] {
            let body = format!("{before}{}", piece.repeat(size / piece.len()));
            let (taken, limit) = (peak(&url, body.as_bytes()), 3 * body.len() + (1 << 20));
            if taken > limit {
                over.push(format!("{before}{piece} of {size}: {taken} > {limit}"));
            }
        }
    }
    for byte in bytes {
        let body = vec![byte; 1_000_000];
        let (taken, limit) = (peak(&url, &body), 3 * body.len() + (1 << 20));
        if taken > limit {
            over.push(format!("{byte:x}: {taken} > {limit}"));
        }
    }
    assert!(over.is_empty(), "{}", over.join("\n"));
}
