//! The query parameters of a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
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
        Ok(Self(read(parts)?))
    }
}

/// No parameter, and no field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Refuses the parameters of an operation that takes none: who sends one expects it to have an effect.
pub(crate) fn refuse_query(parts: &Parts) -> Result<(), Problem> {
    read(parts).map(|Nothing {}| ())
}

fn read<T: DeserializeOwned>(parts: &Parts) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let fields = pairs.map(|(name, text)| (name.into_owned(), Value::Word(text.into_owned()))).collect();
    Ok(T::deserialize(Value::Object(fields))?)
}
