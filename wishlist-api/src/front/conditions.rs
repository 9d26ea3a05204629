//! A read on the condition that there is something new (RFC 9110, section 13.1.2).

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CACHE_CONTROL, CONTENT_LOCATION, ETAG, EXPIRES, HeaderMap, HeaderName, IF_NONE_MATCH, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use http_body::Frame;

/// What of the whole answer is said by one that leaves the body out (RFC 9110, section 15.4.5).
const KEPT: [HeaderName; 5] = [CACHE_CONTROL, CONTENT_LOCATION, ETAG, EXPIRES, VARY];

/// The answer to a caller that has what `If-None-Match` names: where that is what is answered, the body is left out.
pub(super) fn leave_out(response: Response, asked: &HeaderMap) -> Response {
    let current = response.headers().get(ETAG).filter(|_| response.status() == StatusCode::OK);
    if !current.is_some_and(|current| names(asked, current)) {
        return response;
    }
    let mut short = Response::new(Body::new(Nothing));
    *short.status_mut() = StatusCode::NOT_MODIFIED;
    for name in KEPT {
        for value in response.headers().get_all(&name) {
            short.headers_mut().append(name.clone(), value.clone());
        }
    }
    short
}

/// Whether `If-None-Match` names the tag, by weak comparison: it serves a cache, which keeps bytes that mean the same.
fn names(asked: &HeaderMap, current: &HeaderValue) -> bool {
    let Some((current, _)) = tag(current.as_bytes()) else { return false };
    asked.get_all(IF_NONE_MATCH).iter().any(|value| {
        let mut rest = value.as_bytes().trim_ascii();
        if rest == b"*" {
            return true;
        }
        while let Some((named, behind)) = tag(rest) {
            if named == current {
                return true;
            }
            rest = behind.trim_ascii_start();
            rest = rest.strip_prefix(b",").unwrap_or_default().trim_ascii_start();
        }
        false
    })
}

/// The opaque part of the entity tag at the start of a text, and what is behind it. A comma may be part of a tag.
fn tag(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let opened = text.strip_prefix(b"W/").unwrap_or(text).strip_prefix(b"\"")?;
    let end = opened.iter().position(|byte| *byte == b'"')?;
    Some((opened.get(..end)?, opened.get(end + 1..)?))
}

/// A body that is left out and tells no length: a length of zero would be that of the whole answer
/// (RFC 9110, section 8.6).
struct Nothing;

impl HttpBody for Nothing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_each_of_its_tags() {
        let rows: [(&[&str], bool); 18] = [
            (&["\"3\""], true),
            (&["W/\"3\""], true),
            (&["*"], true),
            (&[" * "], true),
            (&["\"1\", \"3\""], true),
            (&["\"1\",\"2\" , W/\"3\""], true),
            (&["\"1\"", "\"3\""], true),
            (&["\"a,b\", \"3\""], true),
            (&["\"33\""], false),
            (&["\"1\", \"2\""], false),
            (&["3"], false),
            (&["w/\"3\""], false),
            (&["\"3"], false),
            (&["\"a,\"3\""], false),
            (&["\"1\" \"3\""], false),
            (&[""], false),
            (&["\"1\", *"], false),
            (&[], false),
        ];
        for (values, expected) in rows {
            let asked = values.iter().map(|value| (IF_NONE_MATCH, HeaderValue::from_static(value))).collect();
            for current in ["\"3\"", "W/\"3\""] {
                assert_eq!(names(&asked, &HeaderValue::from_static(current)), expected, "{values:?}");
            }
        }
    }
}
