//! Signing up, in and out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderName, LOCATION};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wishlist_core::ids::UserId;
use wishlist_identity::{Account, Secret, SignUp, Tokens};

use crate::api::Api;
use crate::caller::Caller;
use crate::input::{Body, NoBody};
use crate::problem::Problem;

/// What a person gives to get an account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Where they are reached, and what they sign in by.
    #[schema(format = Email, max_length = 254, example = "alice@example.com")]
    email: String,
    /// What they sign in with; any characters.
    #[schema(format = Password, min_length = 8, max_length = 256, example = "correct horse battery staple")]
    password: String,
    /// What they want to be called.
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "Alice"
    )]
    name: Option<String>,
}

/// An account that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedUp {
    /// The person's id.
    #[schema(value_type = String, example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    user_id: UserId,
    /// Whether a code has to be confirmed before the first sign-in.
    #[schema(example = false)]
    confirmation_required: bool,
}

/// What a person signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The address they signed up with.
    #[schema(example = "alice@example.com")]
    email: String,
    /// Their password.
    #[schema(format = Password, example = "correct horse battery staple")]
    password: String,
}

/// A refresh token to be exchanged.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshToken {
    /// The last refresh token of the session.
    #[schema(format = Password, example = "kq3ZJ0b9Yw5vQ2nTt1m8Xh4uRr7sPp6oLl0cDd9eFfA")]
    refresh_token: String,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    /// Sent as `Authorization: Bearer …` with every call.
    #[schema(format = Password)]
    access_token: String,
    /// Tells the client who signed in; it is not accepted in place of the access token.
    #[schema(format = Password)]
    id_token: String,
    /// Gets the next tokens, once. Absent where the one that was exchanged stays good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Password)]
    refresh_token: Option<String>,
    /// For how many seconds the access token is good.
    #[schema(format = Int64, minimum = 0, example = 3600)]
    expires_in: u64,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
}

impl From<Tokens> for Session {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            id_token: tokens.id_token.expose().to_owned(),
            refresh_token: tokens.refresh_token.map(|token| token.expose().to_owned()),
            expires_in: tokens.expires_in.as_secs(),
            token_type: "Bearer",
        }
    }
}

/// Make an account.
///
/// Where addresses are confirmed by a code, the answer to a known address is the same; elsewhere it is `409 conflict`. A
/// password is refused if it is one of the most common, or the address.
#[utoipa::path(
    post, path = "/v1/auth/sign-up", tag = "auth", operation_id = "sign_up",
    request_body = NewAccount,
    responses((status = 201, description = "The account is made", body = SignedUp,
        headers(("Location" = String, description = "Where the account is found once signed in")))),
)]
pub(crate) async fn sign_up(
    State(api): State<Api>,
    Body(new): Body<NewAccount>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1], Json<SignedUp>), Problem> {
    let NewAccount { email, password, name } = new;
    let made = api.provider.sign_up(SignUp { email, password: password.into(), name }).await?;
    // Who is to confirm first is registered at the first sign-in: until then there may be no such account.
    if !made.confirmation_required {
        register(&api, &made.account).await?;
    }
    let (user_id, confirmation_required) = (made.account.user, made.confirmation_required);
    Ok((StatusCode::CREATED, [(LOCATION, "/v1/me")], Json(SignedUp { user_id, confirmation_required })))
}

/// Start a session.
///
/// An unknown address and a wrong password are answered alike. After five wrong passwords in a row for one address, known or
/// not, the next has to wait a second, then two, four and so on up to fifteen minutes: `429 rate_limited`. The right password
/// of an address that is still to be confirmed is `403 forbidden`.
#[utoipa::path(
    post, path = "/v1/auth/sign-in", tag = "auth", operation_id = "sign_in",
    request_body = Credentials,
    responses((status = 200, description = "The tokens of the session", body = Session)),
)]
pub(crate) async fn sign_in(State(api): State<Api>, Body(given): Body<Credentials>) -> Result<Json<Session>, Problem> {
    let signed_in = api.provider.sign_in(&given.email, &Secret::from(given.password)).await?;
    register(&api, &signed_in.account).await?;
    Ok(Json(signed_in.tokens.into()))
}

/// Get the next tokens of a session.
///
/// A refresh token that was exchanged before ends its session: somebody else may have it. For half a minute it is taken
/// once more instead, for a client that lost the answer.
#[utoipa::path(
    post, path = "/v1/auth/refresh", tag = "auth", operation_id = "refresh_session",
    request_body = RefreshToken,
    responses((status = 200, description = "The next tokens of the session", body = Session)),
)]
pub(crate) async fn refresh_session(
    State(api): State<Api>,
    Body(given): Body<RefreshToken>,
) -> Result<Json<Session>, Problem> {
    let refreshed = api.provider.refresh_session(&Secret::from(given.refresh_token)).await?;
    Ok(Json(refreshed.tokens.into()))
}

/// End all sessions of the caller, everywhere.
///
/// No refresh token works again; an access token is good until it expires.
#[utoipa::path(
    post, path = "/v1/auth/sign-out", tag = "auth", operation_id = "sign_out", security(("bearer" = [])),
    responses((status = 204, description = "All sessions are ended")),
)]
pub(crate) async fn sign_out(
    State(api): State<Api>,
    Caller(viewer): Caller,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    api.engine.check_viewer(&viewer).await?;
    api.provider.sign_out(&viewer.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps of a person what the provider knows: the tokens hold no address.
async fn register(api: &Api, account: &Account) -> Result<(), Problem> {
    Ok(api.engine.register(&account.user, account.email.as_str(), account.name.as_deref()).await?)
}
