//! Input that nobody would call a page.

#![expect(clippy::unwrap_used, reason = "a failed test is a panic")]

use url::Url;
use wishlist_core::model::PageKind;
use wishlist_extract::{Extraction, Field, Page, extract};

fn read(body: &[u8], content_type: Option<&str>) -> Extraction {
    let url = Url::parse("https://shop.example/p/1").unwrap();
    extract(&Page { url: &url, content_type, body })
}

fn read_json(json: &str) -> Extraction {
    let html = format!("<title>Mill</title><script type=application/ld+json>{json}</script><h1>Mill</h1>");
    read(html.as_bytes(), None)
}

fn price(extraction: &Extraction) -> Option<String> {
    extraction.product.price.map(|price| price.to_string())
}

#[test]
fn what_is_no_page_sells_nothing() {
    let rows: [&[u8]; 8] = [
        b"",
        b"\0\0\0\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
        b"%PDF-1.7 1 0 obj",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"{\"price\": 5, \"currency\": \"EUR\"}",
    ];
    for body in rows {
        let extraction = read(body, Some("text/html; charset=\"no such\""));
        assert!(extraction.kind != PageKind::Product && extraction.product.price.is_none(), "{body:?}");
    }
}

#[test]
fn numbers_that_are_no_prices_are_none() {
    let offer = |price: &str| {
        format!(r#"{{"@type":"Product","name":"Mill","offers":{{"price":{price},"priceCurrency":"EUR"}}}}"#)
    };
    let rows = [
        ("5", Some("5.00 EUR")),
        ("\"5.00\"", Some("5.00 EUR")),
        ("1e400", None),
        ("-1e400", None),
        ("NaN", None),
        ("Infinity", None),
        ("null", None),
        ("true", None),
        ("-5", None),
        ("0", None),
        ("99999999999999999999999999", None),
        ("[[[[[[5]]]]]]", Some("5.00 EUR")),
        ("{\"@value\":\"5\"}", Some("5.00 EUR")),
    ];
    for (amount, expected) in rows {
        assert_eq!(price(&read_json(&offer(amount))).as_deref(), expected, "{amount}");
    }
}

#[test]
fn json_that_refers_to_itself_ends() {
    let rows = [
        r#"{"@id":"a","@type":"Product","name":"Mill","offers":{"@id":"a"}}"#,
        r#"{"@graph":[{"@id":"a","@type":"Product","name":"Mill","offers":{"@id":"b"}},{"@id":"b","@type":"Offer","offers":{"@id":"b"},"itemOffered":{"@id":"a"}}]}"#,
        r#"{"@id":"a","@type":"ProductGroup","name":"Mill","hasVariant":[{"@id":"a"},{"@id":"a"}]}"#,
        r#"{"@id":"a","@type":"Product","name":"Mill","brand":{"@id":"a"},"image":{"@id":"a"}}"#,
    ];
    for json in rows {
        assert_eq!(read_json(json).product.title.as_deref(), Some("Mill"), "{json}");
    }
}

#[test]
fn bombs_of_scripts_and_styles_hide_nothing() {
    let product = r#"<script type="application/ld+json">{"@type":"Product","name":"Mill","offers":{"price":"5","priceCurrency":"EUR"}}</script>"#;
    let bombs = [
        format!("<style>{}</style>", "a{b:c}".repeat(200_000)),
        format!("<script>{}</script>", "var a=\"</\";".repeat(100_000)),
        "<script></script>".repeat(50_000),
        "<style></style>".repeat(50_000),
        format!("<!--{}-->", "<div>".repeat(200_000)),
        format!("<svg>{}</svg>", "<path d='M0 0h24v24H0z'/>".repeat(80_000)),
    ];
    for bomb in bombs {
        let html = format!("<title>Mill</title>{bomb}{product}<h1>Mill</h1>");
        let extraction = read(html.as_bytes(), None);
        assert_eq!(price(&extraction).as_deref(), Some("5.00 EUR"), "{}", html.get(..40).unwrap());
    }
}

#[test]
fn depth_hides_nothing_that_stands_outside() {
    let (open, close) = ("<div class=wrapper>".repeat(20_000), "</div>".repeat(20_000));
    let html =
        format!("<title>Mill</title>{open}deep{close}<h1>Mill</h1><p class=price>5 €</p><button>Add to cart</button>");
    assert_eq!(price(&read(html.as_bytes(), None)).as_deref(), Some("5.00 EUR"));
}

#[test]
fn texts_are_plain_and_addresses_of_the_web() {
    let json = r#"{"@type":"Product","name":"Mi\u202ell\u0000 \u200bXL","image":["javascript:alert(1)","data:image/png;base64,x","file:///etc/passwd","ftp://a/b.jpg","//cdn.example/a.jpg"],
        "url":"javascript:0","description":"<b onclick=x>A</b>\u2066 mill","offers":{"price":"5","priceCurrency":"EUR"}}"#;
    let product = read_json(json).product;
    assert_eq!(product.title.as_deref(), Some("Mill XL"));
    assert_eq!(product.images, ["https://cdn.example/a.jpg"]);
    assert_eq!(product.description.as_deref(), Some("A mill"));
    assert_eq!(product.canonical_url, None);
}

#[test]
fn broken_encodings_lose_a_character_not_the_page() {
    let mut html =
        "<meta charset=utf-8><title>Mühle</title><h1>Mühle</h1><p class=price>5 €</p><button>In den Warenkorb</button>"
            .as_bytes()
            .to_vec();
    html.extend(b"\xc3\x28\xff");
    let extraction = read(&html, None);
    assert_eq!(extraction.product.title.as_deref(), Some("Mühle"));
    assert_eq!(price(&extraction).as_deref(), Some("5.00 EUR"));
}

#[test]
fn fifty_megabytes_are_read_up_to_a_limit() {
    let mut html = b"<title>Mill</title><h1>Mill</h1><p class=price>5 EUR</p><button>Add to cart</button>".to_vec();
    html.resize(50_000_000, b'x');
    html.extend(b"<meta property=og:site_name content=Late>");
    let extraction = read(&html, None);
    assert_eq!(price(&extraction).as_deref(), Some("5.00 EUR"));
    assert!(!extraction.findings.contains_key(&Field::SiteName));
}
