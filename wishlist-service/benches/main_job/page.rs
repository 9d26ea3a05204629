//! The HTML of a product's page as large shops send it: a head of metas and JSON-LD, nested markup, scripts with state.

use std::fmt::Write as _;

/// The page of a product, up to the part that all pages of a size share.
pub(crate) fn of(number: usize, rest: &str) -> String {
    let title = format!("Copper kettle no. {number}");
    let price = format!("{}.{:02}", 10 + number % 90, number % 100);
    let mut page = format!(
        r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Kettle Shop</title>
<meta name="viewport" content="width=device-width"><link rel="canonical" href="/kettles/{number}">
<meta name="description" content="{title}: 1.2 litres, for every stove.">
<meta property="og:type" content="product"><meta property="og:title" content="{title}">
<meta property="og:site_name" content="The Kettle Shop"><meta property="og:image" content="/pictures/{number}.jpg">
<meta property="product:price:amount" content="{price}"><meta property="product:price:currency" content="EUR">
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"Product","name":"{title}",
"sku":"K-{number}","brand":{{"@type":"Brand","name":"Kettle & Sons"}},"image":["/pictures/{number}.jpg"],
"description":"A kettle of copper, tinned inside, that whistles.","aggregateRating":{{"@type":"AggregateRating",
"ratingValue":"4.6","reviewCount":"318"}},"offers":{{"@type":"Offer","price":"{price}","priceCurrency":"EUR",
"availability":"https://schema.org/InStock"}}}}</script>
"#
    );
    page.push_str(rest);
    page
}

/// The rest of every page, so long that a page has some `bytes`: half of it markup, half scripts.
pub(crate) fn rest(bytes: usize) -> String {
    let mut html = String::with_capacity(bytes + 4096);
    html.push_str("<style>:root{--ink:#222}.card{display:grid;gap:8px}</style></head><body><header><nav><ul>");
    for shelf in 0..40 {
        let _ = write!(html, r#"<li class="nav__item"><a href="/shelf/{shelf}"><span>Shelf {shelf}</span></a></li>"#);
    }
    html.push_str("</ul></nav></header><main><div class=\"page\"><div class=\"page__grid\">");
    for number in 0.. {
        if html.len() + 64 >= bytes {
            break;
        }
        card(&mut html, number);
        review(&mut html, number);
        state(&mut html, number);
    }
    html.push_str("</div></div></main><footer><p>All prices with VAT.</p></footer></body></html>");
    html
}

/// What others bought: nested as frameworks nest.
fn card(html: &mut String, number: usize) {
    let _ = write!(
        html,
        r#"<section class="row"><div class="row__inner"><article class="card card--small" data-id="{number}" data-track='{{"slot":{number},"list":"also-bought"}}'>
<div class="card__media"><div class="ratio"><picture><source srcset="/p/{number}-2x.webp 2x, /p/{number}.webp 1x" type="image/webp"><img src="/p/{number}.jpg" alt="Teapot no. {number}" loading="lazy" width="320" height="320"></picture></div></div>
<div class="card__body"><h3 class="card__title"><a href="/teapots/{number}?ref=also&amp;slot={number}">Teapot no. {number}</a></h3>
<div class="price"><span class="price__now"><span class="sr-only">Now</span> &euro;{}.95</span> <s class="price__was">&euro;{}.95</s></div>
<ul class="card__facts"><li><b>0.{} l</b></li><li>Enamel</li><li>Free delivery</li></ul></div></article></div></section>
"#,
        20 + number % 50,
        30 + number % 50,
        1 + number % 9
    );
}

fn review(html: &mut String, number: usize) {
    let _ = write!(
        html,
        r#"<div class="review"><div><div><p class="review__head"><strong>Customer {number}</strong> <time datetime="2024-03-{:02}">March</time></p>
<p>It boils water &mdash; quickly, and it whistles. The handle stays cool, which the one before it did not; after {number} mornings it still looks new.</p></div></div></div>
"#,
        1 + number % 28
    );
}

/// The state that a page's own programs start from.
fn state(html: &mut String, number: usize) {
    let _ = write!(html, "<script>window.__STATE__=window.__STATE__||{{}};window.__STATE__[\"slot{number}\"]={{");
    for variant in 0..8 {
        let _ = write!(
            html,
            r#""variant{variant}":{{"id":"{number}-{variant}","label":"Teapot \"{variant}\"","amount":{},"currency":"EUR","stock":{{"level":{},"store":["north","south"]}},"html":"<b class=\"tag\">new<\/b>"}},"#,
            1995 + number * 10 + variant,
            number % 7
        );
    }
    html.push_str("\"end\":true};</script>\n");
}
