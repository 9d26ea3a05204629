//! What is done by a code that was mailed: confirming an address, and setting a new password.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wishlist_identity::Secret;

use crate::api::Api;
use crate::input::Body;
use crate::problem::Problem;

/// A code and the address that it was mailed to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MailedCode {
    /// The address that was signed up.
    #[schema(format = Email, max_length = 254, example = "alice@example.com")]
    email: String,
    /// The code in the mail.
    #[schema(example = "01234567")]
    code: String,
}

/// Where a code is to be mailed to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CodeRequest {
    /// The address.
    #[schema(format = Email, max_length = 254, example = "alice@example.com")]
    email: String,
}

/// A new password, and the code that allows it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordReset {
    /// The address that the code was mailed to.
    #[schema(format = Email, max_length = 254, example = "alice@example.com")]
    email: String,
    /// The code in the mail.
    #[schema(example = "01234567")]
    code: String,
    /// What the person signs in with from now on; any characters.
    #[schema(format = Password, min_length = 8, max_length = 256, example = "correct horse battery staple")]
    new_password: String,
}

/// Confirm an address.
///
/// By the code that was mailed at the sign-up; it is good for 15 minutes and five tries. A code that is not good is
/// `400 invalid` at `/code`, whatever is wrong with it.
#[utoipa::path(
    post, path = "/v1/auth/confirm", tag = "auth", operation_id = "confirm_sign_up",
    request_body = MailedCode,
    responses((status = 204, description = "The address is confirmed: its owner can sign in")),
)]
pub(crate) async fn confirm_sign_up(
    State(api): State<Api>,
    Body(given): Body<MailedCode>,
) -> Result<StatusCode, Problem> {
    api.provider.confirm_sign_up(&given.email, &Secret::from(given.code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mail another code to confirm an address.
///
/// The answer is the same whether or not the address is known, and whether or not a code is mailed: one a minute, five an
/// hour. The code before it is good no longer.
#[utoipa::path(
    post, path = "/v1/auth/resend-code", tag = "auth", operation_id = "resend_code",
    request_body = CodeRequest,
    responses((status = 202, description = "If the address is one to be confirmed, a code is on its way")),
)]
pub(crate) async fn resend_code(State(api): State<Api>, Body(given): Body<CodeRequest>) -> Result<StatusCode, Problem> {
    api.provider.resend_code(&given.email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Mail a code to set a new password with.
///
/// The answer is the same whether or not the address is known, and whether or not a code is mailed: one a minute, five an
/// hour.
#[utoipa::path(
    post, path = "/v1/auth/forgot-password", tag = "auth", operation_id = "forgot_password",
    request_body = CodeRequest,
    responses((status = 202, description = "If the address is known, a code is on its way")),
)]
pub(crate) async fn forgot_password(
    State(api): State<Api>,
    Body(given): Body<CodeRequest>,
) -> Result<StatusCode, Problem> {
    api.provider.forgot_password(&given.email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password by a code.
///
/// Ends all sessions everywhere, and confirms the address where that was still to be done. A code that is not good is
/// `400 invalid` at `/code`, whatever is wrong with it.
#[utoipa::path(
    post, path = "/v1/auth/reset-password", tag = "auth", operation_id = "reset_password",
    request_body = PasswordReset,
    responses((status = 204, description = "The new password is set")),
)]
pub(crate) async fn reset_password(
    State(api): State<Api>,
    Body(given): Body<PasswordReset>,
) -> Result<StatusCode, Problem> {
    let (code, new_password) = (Secret::from(given.code), Secret::from(given.new_password));
    api.provider.reset_password(&given.email, &code, &new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}
