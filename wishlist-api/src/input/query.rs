//! The query parameters of a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::value::Value;
use crate::problem::Problem;

/// The parameters as a `T`. As in a body an unknown name, and one given twice, is refused by its place.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let fields = pairs.map(|(name, text)| (name.into_owned(), Value::Word(text.into_owned()))).collect();
        Ok(Self(T::deserialize(Value::Object(fields))?))
    }
}
