//! What Cognito's refusals mean to the product.
//!
//! One exception means different things in different operations, so the table is by both. What is not in it is a fault of
//! the program or of the pool's configuration.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::RequestId;
use wishlist_core::error::{Error, Kind, Result};

use self::Asked::{Account, Confirm, Mail, Refresh, Reset, SignIn, SignUp};
use crate::refused::{session_over, unconfirmed, wrong_code, wrong_credentials};

/// What is told to who asks too often. Cognito names no time; it counts its rates by the second and what one address may
/// ask for by the minute and more.
const PAUSE: Duration = Duration::from_mins(1);

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    SignUp,
    /// To take a code that was mailed after a sign-up.
    Confirm,
    /// To mail a code.
    Mail,
    /// To take a code and a new password.
    Reset,
    SignIn,
    Refresh,
    /// Something on an account, in the pool's own name.
    Account,
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Who is told of it would learn whether an address is known, or it is as wanted already: it is answered like a success.
    Alike,
    Email,
    Password,
    NewPassword,
    Code,
    Credentials,
    Unconfirmed,
    ResetFirst,
    SessionOver,
    /// By a rule that the pool's owner made: a trigger, a firewall, a pool without sign-ups.
    Refused,
    TooOften,
    Passing,
    Fault,
}

const ALL: &[Asked] = &[SignUp, Confirm, Mail, Reset, SignIn, Refresh, Account];

/// What each exception means to each operation, as Cognito's reference of its API lists them; the first row that fits.
///
/// That a code cannot be mailed is told to nobody: nor that an address is not verified, or its account disabled, or that it
/// asked too often.
#[rustfmt::skip]
const TABLE: &[(&[Asked], &[&str], Meaning)] = &[
    (&[SignUp],         &["UsernameExistsException", "CodeDeliveryFailureException"], Meaning::Alike),
    (&[SignUp],         &["InvalidParameterException"], Meaning::Email),
    (&[SignUp],         &["InvalidPasswordException"], Meaning::Password),
    (&[SignUp],         &["NotAuthorizedException"], Meaning::Refused),
    (&[Confirm, Reset], &["AliasExistsException", "CodeMismatchException", "ExpiredCodeException", "InvalidParameterException",
                          "LimitExceededException", "NotAuthorizedException", "TooManyFailedAttemptsException",
                          "UserNotConfirmedException", "UserNotFoundException"], Meaning::Code),
    (&[Reset],          &["InvalidPasswordException", "PasswordHistoryPolicyViolationException"], Meaning::NewPassword),
    (&[Mail],           &["CodeDeliveryFailureException", "InvalidParameterException", "LimitExceededException",
                          "NotAuthorizedException", "UserNotFoundException"], Meaning::Alike),
    (&[SignIn],         &["NotAuthorizedException", "UserNotFoundException"], Meaning::Credentials),
    (&[SignIn],         &["UserNotConfirmedException"], Meaning::Unconfirmed),
    (&[SignIn],         &["PasswordResetRequiredException"], Meaning::ResetFirst),
    (&[Refresh],        &["InvalidParameterException", "NotAuthorizedException", "RefreshTokenReuseException",
                          "UserNotFoundException"], Meaning::SessionOver),
    (&[Account],        &["UserNotFoundException"], Meaning::Alike),
    (ALL,               &["ForbiddenException", "UserLambdaValidationException"], Meaning::Refused),
    (ALL,               &["LimitExceededException", "TooManyRequestsException"], Meaning::TooOften),
    (ALL,               &["InternalErrorException", "RequestLimitExceeded", "ThrottlingException"], Meaning::Passing),
];

/// What Cognito answered, or `None` where its refusal is answered like a success.
///
/// # Errors
/// As [`Provider`](crate::Provider) says for what was asked. No message of Cognito's is in the error: they repeat what was
/// typed.
pub(super) fn read<T, E>(asked: Asked, outcome: Result<T, SdkError<E>>) -> Result<Option<T>>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let refusal = match outcome {
        Ok(answer) => return Ok(Some(answer)),
        Err(refusal) => refusal,
    };
    let (answer, source) = (error(meaning(asked, &refusal)), cause(refusal));
    let Some(error) = answer else {
        tracing::debug!(asked = ?asked, causes = %source, "a refusal is answered like a success");
        return Ok(None);
    };
    Err(error.with_source(source))
}

/// What `refusal` means: the table, behind what does not depend on what was asked.
fn meaning<E: ProvideErrorMetadata>(asked: Asked, refusal: &SdkError<E>) -> Meaning {
    let answer = match refusal {
        SdkError::ServiceError(answer) => answer,
        SdkError::ConstructionFailure(_) => return Meaning::Fault,
        // Not sent, not answered in time, or not understood: it may have been done.
        _ => return Meaning::Passing,
    };
    if answer.raw().status().is_server_error() {
        return Meaning::Passing;
    }
    // By its code a wrong password, by its message the program's own fault: the one place where a message is looked at.
    let message = answer.err().message().unwrap_or_default().to_lowercase().replace('_', " ");
    if message.contains("secret hash") || message.contains("client secret") {
        return Meaning::Fault;
    }
    meaning_of(asked, answer.err().code().unwrap_or_default())
}

fn meaning_of(asked: Asked, code: &str) -> Meaning {
    let row = TABLE.iter().find(|(by, codes, _)| by.contains(&asked) && codes.contains(&code));
    row.map_or(Meaning::Fault, |(_, _, meaning)| *meaning)
}

/// What the caller is told; `None` for what is answered like a success.
fn error(meaning: Meaning) -> Option<Error> {
    Some(match meaning {
        Meaning::Alike => return None,
        Meaning::Email => Error::invalid("/email", "the identity provider does not take this address"),
        Meaning::Password => Error::invalid("/password", PASSWORD_REFUSED),
        Meaning::NewPassword => Error::invalid("/newPassword", PASSWORD_REFUSED),
        Meaning::Code => wrong_code(),
        Meaning::Credentials => wrong_credentials(),
        Meaning::Unconfirmed => unconfirmed(),
        Meaning::ResetFirst => reset_first(),
        Meaning::SessionOver => session_over(),
        Meaning::Refused => Error::new(Kind::Forbidden, "the identity provider does not allow this"),
        Meaning::TooOften => Error::rate_limited("the identity provider is asked too often; try again later", PAUSE),
        Meaning::Passing => Error::new(Kind::Unavailable, "the identity provider did not answer"),
        Meaning::Fault => Error::new(Kind::Internal, "the identity provider refused what it was asked"),
    })
}

const PASSWORD_REFUSED: &str = "the identity provider does not take this password; choose a longer one";

/// For an account whose password its operators took back.
pub(super) fn reset_first() -> Error {
    Error::new(Kind::Forbidden, "set a new password first: ask for a code by mail")
}

/// What a log says of a refusal: of an answer its code and its request, by which the pool's owner finds the rest.
fn cause<E>(refusal: SdkError<E>) -> BoxError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if let Some(answer) = refusal.as_service_error() {
        let (code, request) = (answer.code().unwrap_or("nothing"), refusal.request_id().unwrap_or("unknown"));
        return format!("Cognito answered `{code}` to the request `{request}`").into();
    }
    refusal.into_source().unwrap_or_else(Into::into)
}
