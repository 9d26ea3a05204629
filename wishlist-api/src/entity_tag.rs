//! Versions as entity tags (RFC 9110, section 8.8.3), and the condition that a write may name (section 13.1.1).

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use crate::problem::Problem;

/// A version that no record has: they start at 1.
const NO_VERSION: u64 = 0;

/// The entity tag of a version, as `"3"`.
pub(crate) fn entity_tag(version: u64) -> String {
    format!("\"{version}\"")
}

/// The entity tag of a text that is served in several codings: weak, because their bytes differ (section 8.8.1). A text
/// that differs has another.
pub(crate) fn text_tag(text: &str) -> String {
    let digest = Sha256::digest(text);
    // Half of it is as many bits as a UUID has, and more than texts will ever be.
    format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or(&digest)))
}

/// The version that the record must have for the write to take place, if the caller named one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected(pub(crate) Option<u64>);

impl Expected {
    /// Reads the values of `If-Match`: `*` is true of any record that is there, and one strong tag of ours of its version.
    /// Whatever else it says is true of no record, so that a condition which is not understood never lets a write through.
    fn read<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Self {
        let Some(first) = values.next() else { return Self(None) };
        if values.next().is_some() {
            return Self(Some(NO_VERSION));
        }
        if first == b"*" {
            return Self(None);
        }
        let number = str::from_utf8(first).ok().and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        // `"+3"` and `"03"` read as 3 too, and are other tags.
        Self(Some(number.filter(|version| entity_tag(*version).as_bytes() == first).unwrap_or(NO_VERSION)))
    }
}

impl<S: Sync> FromRequestParts<S> for Expected {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self::read(parts.headers.get_all(IF_MATCH).iter().map(HeaderValue::as_bytes)))
    }
}

/// The header as the document describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the document is made of it; the header is read by `Expected`")]
pub(crate) struct IfMatch {
    /// The record's `ETag` as it was last read; where it is no longer the present one, the answer is `412 stale`.
    /// A value that is no tag of ours is the tag of no version.
    #[param(rename = "If-Match", nullable = false, example = "\"3\"")]
    if_match: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tag_of_ours_names_a_version() {
        let rows: [(&[&str], Option<u64>); 13] = [
            (&[], None),
            (&["*"], None),
            (&["\"1\""], Some(1)),
            (&["\"18446744073709551615\""], Some(u64::MAX)),
            (&["\"18446744073709551616\""], Some(NO_VERSION)),
            (&["W/\"1\""], Some(NO_VERSION)),
            (&["1"], Some(NO_VERSION)),
            (&["\"01\""], Some(NO_VERSION)),
            (&["\"+1\""], Some(NO_VERSION)),
            (&["\"1\", \"2\""], Some(NO_VERSION)),
            (&["\"1\"", "\"1\""], Some(NO_VERSION)),
            (&["\""], Some(NO_VERSION)),
            (&[""], Some(NO_VERSION)),
        ];
        for (values, expected) in rows {
            assert_eq!(Expected::read(values.iter().map(|value| value.as_bytes())).0, expected, "{values:?}");
        }
    }
}
