//! The body of a request: JSON of a bounded size.

use std::error::Error as StdError;
use std::io::{self, ErrorKind::TimedOut};

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;

use super::query::Nothing;
use super::value::Value;
use crate::problem::{Code, Problem};

/// The most bytes of a body, where an operation does not say otherwise.
const ORDINARY: usize = 64 * 1024;

/// The body as a `T`: `application/json` of at most `MAX` bytes.
#[derive(Debug)]
pub(crate) struct Body<T, const MAX: usize = ORDINARY>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned, const MAX: usize> FromRequest<S> for Body<T, MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_type(request.headers())?;
        if announced(request.headers()).is_some_and(|length| length > MAX as u64) {
            return Err(too_large(MAX));
        }
        let bytes = to_bytes(request.into_body(), MAX).await.map_err(|error| unread(error, MAX))?;
        // serde_json goes 128 levels deep and refuses the rest, so no body overflows the stack.
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::invalid("", format!("the body is not JSON: {error}")))?;
        Ok(Self(T::deserialize(value)?))
    }
}

/// No body, or an empty object: who sends more expects it to have an effect.
#[derive(Debug)]
pub(crate) struct NoBody;

impl<S: Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, ORDINARY).await.map_err(|error| unread(error, ORDINARY))?;
        if !bytes.is_empty() {
            let whole = Request::from_parts(parts, bytes.into());
            let Body(Nothing {}) = Body::<Nothing>::from_request(whole, state).await?;
        }
        Ok(Self)
    }
}

/// Refuses whatever is not plain JSON. Parameters of the type are not looked at: JSON is UTF-8 (RFC 8259, section 8.1).
fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Code::UnsupportedMediaType, "expected `Content-Type: application/json`"));
    }
    let encoded =
        headers.get_all(CONTENT_ENCODING).iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoded {
        return Err(Problem::new(Code::UnsupportedMediaType, "expected a body without `Content-Encoding`"));
    }
    Ok(())
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(max: usize) -> Problem {
    Problem::new(Code::TooLarge, format!("expected a body of at most {} KiB", max / 1024))
}

fn unread(error: axum::Error, max: usize) -> Problem {
    let cause = error.into_inner();
    if cause.is::<LengthLimitError>() {
        return too_large(max);
    }
    if causes(&*cause).any(|cause| cause.downcast_ref().is_some_and(|error: &io::Error| error.kind() == TimedOut)) {
        return Problem::new(Code::Timeout, "expected the body to arrive sooner");
    }
    Problem::invalid("", "the body ended before it was whole")
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}
