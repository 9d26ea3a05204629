//! The headers of every answer.

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};

use super::Transport;

/// What an answer says unless its handler says otherwise: a browser that is shown one as a page runs and loads nothing
/// (CSP Level 3), frames it nowhere, hands it to no other origin's page (but by CORS, which this header does not touch),
/// and keeps no copy.
const UNLESS_SAID: [(HeaderName, HeaderValue); 4] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// A year. Names below the service's own are left alone: they may be somebody else's.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds what every answer says.
pub(crate) fn complete(headers: &mut HeaderMap, transport: Transport) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    for (name, value) in UNLESS_SAID {
        headers.entry(name).or_insert(value);
    }
    if transport == Transport::Https {
        headers.insert(STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
}
