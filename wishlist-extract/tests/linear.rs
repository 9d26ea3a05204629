//! Time grows as the page does: twice the page never takes more than two and a half times the work.

#![expect(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::time::Duration;

use cpu_time::ThreadTime;
use url::Url;
use wishlist_extract::{Page, extract};

/// Large enough that what every page costs is nothing beside it.
const SIZE: usize = 100_000;

/// What is quadratic is over the limit in every round; a machine that is busy with other things is not.
const ROUNDS: usize = 12;

/// The time that this thread takes for a page, in which others do not count.
fn time(page: &str) -> Duration {
    let url = Url::parse("https://shop.example/p/1?id=2").unwrap();
    let start = ThreadTime::now();
    extract(&Page { url: &url, content_type: None, body: page.as_bytes() });
    start.elapsed()
}

fn assert_linear(before: &str, piece: &str, after: &str) {
    let page = |size: usize| format!("{before}{}{after}", piece.repeat(size / piece.len()));
    let (one, two) = (page(SIZE), page(2 * SIZE));
    let (mut single, mut double) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        single = single.min(time(&one));
        double = double.min(time(&two));
        if double * 2 <= single * 5 {
            return;
        }
    }
    panic!("{before}{piece}: {double:?} for twice what takes {single:?}");
}

#[test]
fn twice_the_markup_takes_twice_the_time() {
    let pieces = [
        "<div>",
        "<b><i>",
        "</x>",
        "<a b='",
        "<!--",
        "<script>",
        "<p class=price>1 €",
        "<p class=price>1 €</p>",
        "<li class=card><a href=/a>Mill</a> <span class=price>5 €</span></li>",
        "<h1>a",
        "<h1>Mill</h1>",
        "EAN: ",
        "<td>EAN</td><td>4006381333931</td>",
        "&amp",
        "<title>a",
        "< <",
        "<li><table>",
        "<meta property=og:image content=a>",
        "<img alt=Mill class=main src=/a.jpg>",
        "<a class=brand href=/brands/a>a</a>",
        "<div itemscope itemprop=a itemtype=http://schema.org/Product>",
        "<div itemscope itemref='a b'><p id=a itemprop=name>x</p></div>",
        "<div typeof=Product property=offers>",
    ];
    for piece in pieces {
        assert_linear("<title>Mill</title><h1>Mill</h1>", piece, "");
    }
}

#[test]
fn twice_the_json_takes_twice_the_time() {
    let pieces = [
        "[",
        "{\"a\":",
        "1,",
        "\"",
        "\" ",
        "\\\"",
        "{\"@type\":\"Product\",\"offers\":[",
        "{\"@type\":\"Product\",\"name\":\"Mill\",\"offers\":{\"price\":5}},",
        "/*",
        "{\"@id\":\"a\"},",
        "{\"name\":\"Mill\"},",
        "{\"name\":\"Mill\",\"price\":[",
        "\\\"name\\\":\\\"Mill\\\",",
        "\"currency\":null,",
    ];
    for piece in pieces {
        for script in ["<script type=application/ld+json>", "<script>x="] {
            assert_linear(&format!("<title>Mill</title><h1>Mill</h1>{script}"), piece, "</script>");
        }
    }
}
