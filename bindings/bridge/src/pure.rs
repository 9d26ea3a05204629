//! What needs neither a file nor a server.

use std::panic::catch_unwind;

use serde_json::json;
use url::Url;
use wishlist_client::ErrorKind;
use wishlist_extract::{Page, PriceHints};

use crate::failure::Failure;
use crate::runtime::fault;

/// What a page says, as the JSON of the contract's `ProductPreview`.
///
/// # Errors
///
/// `Invalid` for what is no absolute `https` or `http` address.
pub fn extract(html: &[u8], url: &str) -> Result<String, Failure> {
    let refused = |why: String| Failure::new(ErrorKind::Invalid, format!("`url` is `{url}`: {why}"));
    let parsed = Url::parse(url).map_err(|e| refused(format!("{e}; write it like `https://shop.example/kettle`")))?;
    if !["http", "https"].contains(&parsed.scheme()) {
        return Err(refused("expected `https` or `http`".to_owned()));
    }
    let page = Page { url: &parsed, content_type: None, body: html };
    let extraction = catch_unwind(|| wishlist_extract::extract(&page)).map_err(|panic| fault(&*panic))?;
    let sources = extraction.sources();
    let named = sources.iter().map(|(field, source)| (field.name().to_owned(), json!(source.name())));
    let sources: serde_json::Map<_, _> = named.collect();
    Ok(json!({ "kind": extraction.kind, "product": extraction.product, "sources": sources }).to_string())
}

/// The price that a short text names, as JSON: its amount and, where the text or `language` (`de-CH`) tells it, its currency.
/// `null` where there is none.
///
/// # Errors
///
/// `Internal` for a fault of the program.
pub fn parse_price(text: &str, language: Option<&str>) -> Result<String, Failure> {
    let hints = PriceHints { language, ..PriceHints::default() };
    let price = catch_unwind(|| wishlist_extract::parse_price(text, &hints)).map_err(|panic| fault(&*panic))?;
    let price = price.map(|price| match price.currency {
        Some(currency) => json!({ "amount": price.amount, "currency": currency.code() }),
        None => json!({ "amount": price.amount }),
    });
    Ok(json!(price).to_string())
}

#[cfg(test)]
mod tests {
    use wishlist_client::model::ProductPreview;

    use super::*;

    const PAGE: &str = r#"<!doctype html><title>Kettle</title><script type="application/ld+json">{"@context":
        "https://schema.org","@type":"Product","name":"Kettle","image":["https://shop.example/a.jpg"],"offers":{"@type":"Offer","price":
        "19.99","priceCurrency":"EUR","availability":"https://schema.org/InStock"}}</script>"#;

    #[test]
    fn a_page_is_read_into_what_the_contract_calls_a_preview() {
        let told = extract(PAGE.as_bytes(), "https://shop.example/kettle").unwrap();
        let preview: ProductPreview = serde_json::from_str(&told).unwrap();
        let price = preview.product.price.clone().unwrap();
        assert_eq!((price.amount.as_str(), price.currency.as_str()), ("19.99", "EUR"));
        assert_eq!(preview.product.image_url.as_deref(), Some("https://shop.example/a.jpg"));
        assert_eq!(preview.sources.get("price").map(String::as_str), Some("json_ld"));
        // Nothing is left out on the way, and nothing has another name.
        assert_eq!(serde_json::to_value(&preview).unwrap(), serde_json::from_str::<serde_json::Value>(&told).unwrap());
    }

    #[test]
    fn a_page_of_the_public_internet_shows_no_address_of_a_private_network() {
        let page = "<title>Kettle</title><link rel=canonical href=http://127.0.0.1/>\
            <meta property=og:image content=http://169.254.169.254/x.png><meta property=og:image content=/a.jpg>";
        let told = extract(page.as_bytes(), "https://shop.example/kettle").unwrap();
        let preview: ProductPreview = serde_json::from_str(&told).unwrap();
        assert_eq!(preview.product.image_url.as_deref(), Some("https://shop.example/a.jpg"));
        assert!(!told.contains("169.254") && !told.contains("127.0.0.1"), "{told}");
    }

    #[test]
    fn what_is_no_address_is_refused_by_the_argument_s_name() {
        for url in ["", "shop.example", "ftp://shop.example/"] {
            let failure = extract(b"", url).unwrap_err();
            assert!(failure.kind == "Invalid" && failure.message.contains("`url`"), "{failure:?}");
        }
    }

    #[test]
    fn a_price_has_its_currency_where_the_text_or_the_language_tells() {
        for (text, language, expected) in [
            ("1.299,00 €", None, r#"{"amount":"1299.00","currency":"EUR"}"#),
            ("kr 100", Some("da"), r#"{"amount":"100","currency":"DKK"}"#),
            ("19.99", None, r#"{"amount":"19.99"}"#),
            ("sold out", None, "null"),
        ] {
            assert_eq!(parse_price(text, language).unwrap(), expected, "{text}");
        }
    }
}
