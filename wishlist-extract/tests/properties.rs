//! What holds for every input.

#![expect(clippy::unwrap_used, reason = "a failed test is a panic")]

use proptest::prelude::*;
use serde_json::json;
use url::Url;
use wishlist_core::model::{Money, PageKind};
use wishlist_extract::{Extraction, Page, PriceHints, extract, parse_price};

fn read(body: &[u8]) -> Extraction {
    let url = Url::parse("https://shop.example/p/1?id=2").unwrap();
    extract(&Page { url: &url, content_type: None, body })
}

/// Pieces of which pages are made, whole and broken.
const PIECES: &[&str] = &[
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
];

fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(PIECES);
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

/// Elements that some rule reads, each with attributes in one of their orders.
fn element() -> impl Strategy<Value = (&'static str, Vec<String>, String)> {
    let elements: Vec<(&str, &[&str])> = vec![
        ("meta", &["property='og:title'", "content='Hand mill'"]),
        ("meta", &["property='product:price:amount'", "content='5.00'"]),
        ("meta", &["property='product:price:currency'", "content='EUR'"]),
        ("meta", &["name=description", "content='A mill'"]),
        ("link", &["rel=canonical", "href='/mill'"]),
        ("div", &["itemscope", "itemtype='http://schema.org/Product'"]),
        ("span", &["itemprop=name", "content='Hand mill'", "class=x"]),
        ("span", &["itemprop=sku", "content='M-1'", "id=y"]),
        ("h1", &["class=title", "id=h"]),
        ("p", &["class=price", "id=p", "data-testid=price"]),
        ("del", &["class=old-price", "style='color:red'"]),
        ("button", &["type=submit", "class=add-to-cart", "title='Add to cart'"]),
        ("img", &["src=/a.jpg", "alt='Hand mill'", "class=main-image", "data-src=/b.jpg"]),
    ];
    let texts = prop::sample::select(vec!["Hand mill", "5,00 \u{20ac}", "In stock", "Add to cart", "SKU: M-1", ""]);
    (prop::sample::select(elements), texts).prop_map(|((name, attributes), text)| {
        (name, attributes.iter().map(|attribute| (*attribute).to_owned()).collect(), text.to_owned())
    })
}

/// What was read of a product, as a page that says just that.
fn written(extraction: &Extraction) -> String {
    let product = &extraction.product;
    let money = |price: Option<Money>| price.map(|price| serde_json::to_value(price).unwrap()).unwrap_or_default();
    let (price, list) = (money(product.price), money(product.list_price));
    let texts = |text: &Option<String>| text.as_ref().map(|text| escaped(text));
    let thing = json!({
        "@type": "Product",
        "name": texts(&product.title),
        "brand": texts(&product.brand),
        "sku": texts(&product.sku),
        "gtin": texts(&product.gtin),
        "description": texts(&product.description),
        "image": product.images.iter().map(|url| escaped(url)).collect::<Vec<_>>(),
        "offers": {
            "price": price["amount"],
            "priceCurrency": price["currency"],
            "availability": product.availability,
            "priceSpecification": { "priceType": "ListPrice", "price": list["amount"] },
        },
    });
    let meta = |name: &str, text: &Option<String>| {
        text.as_ref().map(|text| format!("<meta property='{name}' content=\"{}\">", escaped(text))).unwrap_or_default()
    };
    let (address, site) = (meta("og:url", &product.canonical_url), meta("og:site_name", &product.site_name));
    let script = thing.to_string().replace('<', "\\u003c");
    format!("<html lang=de>{address}{site}<script type=application/ld+json>{script}</script>")
}

/// As a careful template writes text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
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
    fn the_order_of_attributes_does_not_matter(elements in prop::collection::vec((element(), any::<bool>()), 1..12)) {
        let page = |turned: bool| {
            let parts = elements.iter().map(|((name, attributes, text), turn)| {
                let mut attributes = attributes.clone();
                if turned && *turn {
                    attributes.reverse();
                }
                format!("<{name} {}>{text}</{name}>", attributes.join(" "))
            });
            parts.collect::<String>()
        };
        prop_assert_eq!(read(page(false).as_bytes()), read(page(true).as_bytes()));
    }

    #[test]
    fn what_came_out_goes_in_again(page in markup()) {
        let first = read(page.as_bytes());
        if first.kind == PageKind::Product {
            prop_assert_eq!(read(written(&first).as_bytes()).product, first.product);
        }
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
