//! Pages of shops that mean harm: what is read of one is plain and bounded, or nothing, and it is never a fault.

use wishlist_core::model::PageUrl;
use wishlist_core::operations::Previewed;
use wishlist_extract::{Page, extract};

/// A page of each kind, by the last step of its address.
fn page(name: &str) -> Option<Vec<u8>> {
    let product = |fields: &str| {
        let offer = r#""offers":{"@type":"Offer","price":"5","priceCurrency":"EUR"}"#;
        let json = format!(r#"{{"@type":"Product","name":"Mill",{fields}{offer}}}"#);
        format!("<title>Mill</title><h1>Mill</h1><script type=application/ld+json>{json}</script>").into_bytes()
    };
    let priced = |price: &str, currency: &str| {
        let json =
            format!(r#"{{"@type":"Product","name":"Mill","offers":{{"price":{price},"priceCurrency":"{currency}"}}}}"#);
        format!("<h1>Mill</h1><script type=application/ld+json>{json}</script>").into_bytes()
    };
    Some(match name {
        "script" => {
            let title = "&lt;script>alert(1)&lt;/script>Mill<img src=x onerror=alert(1)>";
            format!("<title>{title}</title><h1>{title}</h1><p class=price>5 EUR</p><button>Add to cart</button>").into()
        }
        "link" => product(
            r#""url":"javascript:alert(1)","image":["javascript:alert(1)","data:image/png;base64,x","vbscript:x"],"#,
        ),
        "price" => priced(&format!("1{}", "0".repeat(30)), "EUR"),
        "currency" => priced("5", "XXX"),
        "long" => {
            let title = "x".repeat(1 << 20);
            format!("<title>{title}</title><h1>{title}</h1><p class=price>5 EUR</p><button>Add to cart</button>").into()
        }
        "deep" => {
            let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
            product(&format!("\"brand\":{deep},"))
        }
        "bytes" => [b"<title>Mill \xc3\x28\xff</title><h1>Mill \xfe</h1><p class=price>5 EUR</p>".as_slice()].concat(),
        "robot" => b"<title>Robot Check</title><h1>Enter the characters you see below</h1>
            <p>Sorry, we just need to make sure you're not a robot.</p><form action=/errors/validateCaptcha></form>"
            .to_vec(),
        _ => return None,
    })
}

/// What a look at a page of `hostile.example` reads, by the extractor that visits use.
pub(crate) fn preview(url: &PageUrl) -> Option<Previewed> {
    let url = url::Url::parse(url.as_str()).unwrap();
    let body = page(url.path().trim_start_matches('/'))?;
    let read = extract(&Page { url: &url, content_type: Some("text/html; charset=utf-8"), body: &body });
    Some(Previewed { kind: read.kind, product: read.product, sources: [].into() })
}
