//! Compressed answers (RFC 9110, section 8.4).
//!
//! Three answers stay as they are. A short one gains nothing. One that holds tokens could be told, by its length, from what
//! else a request gets into it (BREACH). And one with a strong entity tag: the tag names exact bytes, so each coding would
//! need one of its own (RFC 9110, section 8.8.3.3), which `If-Match` would then have to know; such an answer is one record,
//! of a few KiB at most. Listings, which are long and have no tag, are where it counts.

use std::convert::Infallible;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, VARY};
use axum::http::{Extensions, HeaderValue, StatusCode};
use axum::response::Response;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// An answer up to this length fits into one packet or two, whatever is done to it.
const MIN_BYTES: u64 = 1024;

/// The codings that a caller takes, as it said.
#[derive(Debug)]
pub(crate) struct Encodings(Vec<HeaderValue>);

impl Encodings {
    /// What the request with these headers says.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(ACCEPT_ENCODING).iter().cloned().collect())
    }
}

/// The answer, compressed where that helps and the caller takes it.
pub(crate) async fn compress(mut response: Response, encodings: Encodings) -> Response {
    if !gains(&response) {
        return response;
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
    let status = response.status();
    // An answer that leaves the body out says what the whole one would.
    if encodings.0.is_empty() || status == StatusCode::NOT_MODIFIED {
        return response;
    }
    let mut asked = Request::new(Body::empty());
    asked.headers_mut().extend(encodings.0.into_iter().map(|value| (ACCEPT_ENCODING, value)));
    let fastest = || CompressionLayer::new().quality(CompressionLevel::Fastest);
    let all = |_, _, _: &HeaderMap, _: &Extensions| true;
    let mut answer = Some(response);
    let service = service_fn(move |_: Request| {
        let answer = answer.take().unwrap_or_default();
        async { Ok::<_, Infallible>(answer) }
    });
    // Brotli is for a caller that takes nothing else: a page of a list costs it four times the instructions of gzip
    // (bench/README.md).
    let service = fastest().no_br().compress_when(all).layer(service);
    let service = fastest().no_gzip().no_zstd().compress_when(all).layer(service);
    let Ok(compressed) = service.oneshot(asked).await;
    let mut compressed = compressed.map(Body::new);
    // The layer writes 406 over whatever was done for a caller that refuses even plain bytes; it is answered by those.
    *compressed.status_mut() = status;
    compressed
}

fn gains(response: &Response) -> bool {
    let headers = response.headers();
    let strong = headers.get(ETAG).is_some_and(|tag| !tag.as_bytes().starts_with(b"W/"));
    let short = response.body().size_hint().exact().is_some_and(|length| length <= MIN_BYTES);
    !strong && !short && !headers.contains_key(CONTENT_ENCODING)
}
