//! The name that a caller gives a call (`Idempotency-Key`), under which it has one effect however often it is sent.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;
use wishlist_core::model::IdempotencyKey;

use crate::problem::Problem;

/// The header's name, as a pointer to what was refused writes it too.
const NAME: &str = "Idempotency-Key";

/// The name of the call, where it has one.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) Option<IdempotencyKey>);

impl<S: Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(NAME).iter();
        let (Some(value), another) = (values.next(), values.next()) else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|_| another.is_none()).and_then(|text| text.parse().ok());
        let refuse = || Problem::invalid(format!("/{NAME}"), "expected one value of 1 to 255 visible ASCII characters");
        Ok(Self(Some(key.ok_or_else(refuse)?)))
    }
}

/// The header as the document describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the document is made of it; the header is read by `Named`")]
pub(crate) struct IdempotencyHeader {
    /// A name for this call, best a random UUID: sent again under it within 24 hours, it is answered as the first time and has
    /// no second effect. Another call under the same name is refused with `422 idempotency_mismatch`.
    #[param(
        rename = "Idempotency-Key",
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$",
        example = "7f9c24e8-3b12-4fe3-9a6b-0d8ea1f5c7b2"
    )]
    idempotency_key: Option<String>,
}
