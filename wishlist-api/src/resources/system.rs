//! What is said about the service itself, to anyone.

use std::sync::OnceLock;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Api;
use crate::document::openapi_json;
use crate::entity_tag::text_tag;
use crate::problem::{Code, Problem};

/// A document that anyone may keep for five minutes.
type Published<T> = ([(HeaderName, &'static str); 2], T);

/// That the service runs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Ask whether the service runs.
///
/// It says that calls are answered and nothing about what is behind, so that a store that is slow restarts no process.
#[utoipa::path(
    get, path = "/health", tag = "system", operation_id = "find_health",
    responses((status = 200, description = "The service runs", body = Health)),
)]
pub(crate) async fn find_health() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Find this document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "system", operation_id = "find_openapi",
    responses((status = 200, description = "The contract as OpenAPI 3.1", body = Object,
        headers(("ETag" = String, description = "Changes with the document")))),
)]
pub(crate) async fn find_openapi() -> impl IntoResponse {
    static TAG: OnceLock<String> = OnceLock::new();
    let tag = TAG.get_or_init(|| text_tag(openapi_json()));
    ([(ETAG, tag.as_str())], published(openapi_json()))
}

/// Find the keys that verify the tokens.
///
/// `404` where the identity provider publishes them itself.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "system", operation_id = "find_jwks",
    responses((status = 200, description = "A JWK Set (RFC 7517)", body = Object)),
)]
pub(crate) async fn find_jwks(State(api): State<Api>) -> Result<Published<String>, Problem> {
    let elsewhere = || Problem::new(Code::NotFound, "the identity provider publishes its keys itself");
    api.provider.jwks().await?.map(published).ok_or_else(elsewhere)
}

fn published<T>(json: T) -> Published<T> {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], json)
}
