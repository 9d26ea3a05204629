//! Who calls: the bearer of an access token (RFC 6750, section 2.1).

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use wishlist_core::Kind;
use wishlist_core::ids::UserId;
use wishlist_core::model::Viewer;

use crate::api::Api;
use crate::problem::Problem;

/// The longest token that is looked at: four times what the issuers sign.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The person whose access token came with the request. Everyone else gets the same `401`, whatever is wrong.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Viewer);

/// Marks, among a request's extensions, who calls: for a program that has the router within itself and knows its people. It
/// stands before any token. Nothing that comes by a network can set it.
#[derive(Clone, Debug)]
pub struct NamedCaller(pub UserId);

/// Where the caller's id is left for the request's line in the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallerSlot(Arc<OnceLock<UserId>>);

impl CallerSlot {
    /// Who called, once that is known.
    pub(crate) fn user(&self) -> Option<&str> {
        self.0.get().map(UserId::as_str)
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        identify(parts, api).await.map(Self)
    }
}

/// Who the token of a request belongs to. It is verified once, however often this is asked.
///
/// # Errors
/// `401` for every call without a good token; a fault where that cannot be told.
pub(crate) async fn identify(parts: &mut Parts, api: &Api) -> Result<Viewer, Problem> {
    if let Some(Identified(known)) = parts.extensions.get() {
        return known.clone();
    }
    let found = match parts.extensions.get::<NamedCaller>() {
        Some(NamedCaller(user)) => Ok(user.clone().into()),
        None => verify(&parts.headers, api).await,
    };
    if let (Ok(viewer), Some(slot)) = (&found, parts.extensions.get::<CallerSlot>()) {
        // The first caller of a request is its only one.
        let _ = slot.0.set(viewer.user.clone());
    }
    parts.extensions.insert(Identified(found.clone()));
    found
}

/// What the token of a request was found to be.
#[derive(Clone)]
struct Identified(Result<Viewer, Problem>);

async fn verify(headers: &HeaderMap, api: &Api) -> Result<Viewer, Problem> {
    let token = bearer(headers).ok_or_else(Problem::unauthenticated)?;
    let identity = api.verifier.verify(token).await.map_err(|error| match error.kind() {
        Kind::Unauthenticated => Problem::unauthenticated(),
        _ => error.into(),
    })?;
    Ok(identity.user.into())
}

/// The token of the one `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    let (scheme, token) = value.split_once(' ')?;
    let fits = !token.is_empty() && token.len() <= MAX_TOKEN_BYTES;
    (scheme.eq_ignore_ascii_case("bearer") && fits).then_some(token)
}
