//! The caller's own account.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wishlist_core::ids::UserId;
use wishlist_core::model::User;

use crate::api::Api;
use crate::caller::Caller;
use crate::problem::Problem;

/// The caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    /// The person's id.
    #[schema(value_type = String, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    user_id: UserId,
    /// Where they are reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "alice@example.com")]
    email: Option<String>,
    /// What they want to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Alice")]
    name: Option<String>,
}

impl From<User> for Me {
    fn from(user: User) -> Self {
        Self { user_id: user.id, email: user.email, name: user.name }
    }
}

/// Find the caller's own account.
#[utoipa::path(
    get, path = "/v1/me", tag = "me", operation_id = "find_me", security(("bearer" = [])),
    responses((status = 200, description = "The account", body = Me)),
)]
pub(crate) async fn find_me(State(api): State<Api>, Caller(viewer): Caller) -> Result<Json<Me>, Problem> {
    Ok(Json(api.engine.find_me(&viewer).await?.into()))
}
