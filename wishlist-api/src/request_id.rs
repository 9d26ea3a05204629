//! The name of one request, in its answer and in the log.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use uuid::Uuid;
use wishlist_core::ids::Ids;

use crate::problem::Problem;

/// The header that carries it, both ways.
pub(crate) const REQUEST_ID: &str = "x-request-id";

const MAX_BYTES: usize = 64;

/// The caller's name for the request where it can stand in a log line, else a new UUID.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The id of the request with these headers.
    pub(crate) fn of(headers: &HeaderMap, ids: &Ids) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|text| is_plain(text));
        Self(given.map_or_else(|| ids.mint::<Uuid>().to_string(), str::to_owned))
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(plain)
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::internal("the request has no id"))
    }
}
