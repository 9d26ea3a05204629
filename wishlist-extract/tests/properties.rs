//! What holds for every input.

#![expect(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use url::Url;
use wishlist_core::model::PageKind;
use wishlist_extract::{Extraction, Page, PriceHints, extract, parse_price};

fn read(body: &[u8]) -> Extraction {
    let url = Url::parse("https://shop.example/p/1?id=2").unwrap();
    extract(&Page { url: &url, content_type: None, body })
}

/// Pieces of which pages are made, whole and broken.
fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<html lang=de>",
        "<head>",
        "<title>",
        "</title>",
        "<meta property='og:title' content='",
        "<meta property=product:price:amount content=12,50>",
        "<meta property=og:image content=\"",
        "<link rel=canonical href='",
        "<script type='application/ld+json'>",
        "</script>",
        r#"{"@type":"Product","name":""#,
        r#""offers":{"price":"1.99","priceCurrency":"EUR"},"#,
        r#""image":["javascript:alert(1)","/a.jpg"]"#,
        r#"{"@graph":[{"@id":"a","brand":{"@id":"a"}}]}"#,
        "<div itemscope itemtype=http://schema.org/Product>",
        "<span itemprop=price content=",
        "<div typeof=Product property=offers>",
        "<h1>",
        "<p class=price>",
        "<del>",
        "12,34 €",
        "$1.299",
        "SKU: 1",
        "Add to cart",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "</div>",
        "'>",
        "\">",
        "\\",
        "&amp;",
        "&#x202e;",
        "\u{0}",
        "\u{202e}",
        "}",
        "]",
        "\n",
        " ",
    ]);
    prop::collection::vec(prop_oneof![9 => pieces.prop_map(str::to_owned), 1 => ".{0,8}"], 0..60)
        .prop_map(|pieces| pieces.concat())
}

fn assert_sound(extraction: &Extraction) -> Result<(), TestCaseError> {
    let product = &extraction.product;
    let texts = [
        (&product.title, 500),
        (&product.brand, 200),
        (&product.sku, 100),
        (&product.description, 1000),
        (&product.site_name, 200),
        (&product.gtin, 14),
    ];
    for (text, limit) in texts.into_iter().filter_map(|(text, limit)| Some((text.as_ref()?, limit))) {
        prop_assert!(!text.is_empty() && text.chars().count() <= limit, "{text:?}");
        prop_assert!(!text.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{text:?}");
    }
    prop_assert!(product.images.len() <= 5);
    prop_assert_eq!(product.image_url.as_ref(), product.images.first());
    for text in product.images.iter().chain(&product.canonical_url) {
        let url = Url::parse(text).unwrap();
        prop_assert!(matches!(url.scheme(), "http" | "https") && url.username().is_empty(), "{text}");
        prop_assert_eq!(url.as_str(), text);
    }
    let priced = product.price.is_some() || product.list_price.is_some() || product.availability.is_some();
    prop_assert!(!priced || extraction.kind == PageKind::Product);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_give_a_sound_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        assert_sound(&read(&bytes))?;
    }

    #[test]
    fn any_markup_gives_a_sound_answer(page in markup()) {
        assert_sound(&read(page.as_bytes()))?;
    }

    #[test]
    fn the_order_of_attributes_does_not_matter(name in "[a-z]{1,8}", amount in 1u32..10_000) {
        let one = format!("<meta property=og:type content=product><meta property='product:price:amount' content='{amount}.00'><meta property='product:price:currency' content='EUR'><meta property='og:title' content='{name}'>");
        let other = format!("<meta content=product property=og:type><meta content='{amount}.00' property='product:price:amount'><meta content='EUR' property='product:price:currency'><meta content='{name}' property='og:title'>");
        prop_assert_eq!(read(one.as_bytes()), read(other.as_bytes()));
    }

    #[test]
    fn a_price_reads_back_as_itself(text in "\\PC{0,30}|[$€ 0-9.,']{0,12}") {
        if let Some(price) = parse_price(&text, &PriceHints::default()) {
            let written = price.currency.map_or(price.amount.clone(), |currency| format!("{} {currency}", price.amount));
            let hints = PriceHints { decimal_separator: Some('.'), ..PriceHints::default() };
            prop_assert_eq!(parse_price(&written, &hints), Some(price));
        }
    }
}

/// The shortest of some runs, so that a busy machine does not decide.
fn time(page: &str) -> Duration {
    let runs = (0..3).map(|_| {
        let start = Instant::now();
        read(page.as_bytes());
        start.elapsed()
    });
    runs.min().unwrap_or_default()
}

#[test]
fn hostile_pages_take_bounded_time() {
    // What would take quadratic time takes minutes at this size; the limit only has to tell the two apart.
    let limit = Duration::from_secs(10);
    let repeated = [
        "<div>",
        "<b><i>",
        "</x>",
        "<a b='",
        "<!--",
        "<script>",
        "<script type=application/ld+json>[",
        "<div itemscope itemprop=a itemtype=http://schema.org/Product>",
        "<p class=price>1 €",
        "<h1>",
        "EAN: ",
        "&amp",
        "<title>a",
        "< <",
        "<li><table>",
        "<meta property=og:image content=a>",
    ];
    for piece in repeated {
        let page = piece.repeat(2_000_000 / piece.len());
        assert!(time(&page) < limit, "{piece}");
    }
    let json =
        ["[", "{\"a\":", "1,", "\"", "\" ", "\\\"", "{\"@type\":\"Product\",\"offers\":[", "/*", "{\"@id\":\"a\"},"];
    for piece in json {
        let page = format!("<script type='application/ld+json'>{}", piece.repeat(2_000_000 / piece.len()));
        assert!(time(&page) < limit, "{piece}");
    }
}
