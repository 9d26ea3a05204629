//! What needs neither a file nor a server.

use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;

use crate::thrown;

/// What a page says, JSON.
#[napi(catch_unwind)]
pub(crate) fn extract(html: Either<String, Uint8Array>, url: String) -> napi::Result<String> {
    let html = match &html {
        Either::A(text) => text.as_bytes(),
        Either::B(bytes) => bytes,
    };
    wishlist_bridge::extract(html, &url).map_err(|e| thrown(&e))
}

/// The price that a short text names, JSON.
#[napi(catch_unwind)]
pub(crate) fn parse_price(text: String, language: Option<String>) -> napi::Result<String> {
    wishlist_bridge::parse_price(&text, language.as_deref()).map_err(|e| thrown(&e))
}
