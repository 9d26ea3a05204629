//! What each exception that Cognito documents becomes, operation by operation.

use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use serde_json::json;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::ids::UserId;
use wishlist_identity::{CognitoIdentity, Provider, Secret, SignUp};

use crate::answers::{Answer, Answers};

const EMAIL: &str = "canary@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// An operation, called as by somebody whose input is in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    SignUp,
    Confirm,
    Resend,
    Forgot,
    Reset,
    SignIn,
    Refresh,
    SignOut,
    Export,
    Erase,
}

impl Operation {
    async fn call(self, provider: &CognitoIdentity) -> Result<()> {
        let user: UserId = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f".parse()?;
        let (code, password) = (Secret::from("123456"), Secret::from(PASSWORD));
        match self {
            Self::SignUp => {
                let request = SignUp { email: EMAIL.to_owned(), password, name: None };
                let made = provider.sign_up(request).await?;
                assert!(made.confirmation_required);
                Ok(())
            }
            Self::Confirm => provider.confirm_sign_up(EMAIL, &code).await,
            Self::Resend => provider.resend_code(EMAIL).await,
            Self::Forgot => provider.forgot_password(EMAIL).await,
            Self::Reset => provider.reset_password(EMAIL, &code, &password).await,
            Self::SignIn => provider.sign_in(EMAIL, &password).await.map(drop),
            Self::Refresh => provider.refresh_session(&Secret::from("token")).await.map(drop),
            Self::SignOut => provider.sign_out(&user).await,
            Self::Export => provider.export(&user).await.map(drop),
            Self::Erase => provider.erase(&user).await,
        }
    }

    const ALL: [Self; 10] = [
        Self::SignUp,
        Self::Confirm,
        Self::Resend,
        Self::Forgot,
        Self::Reset,
        Self::SignIn,
        Self::Refresh,
        Self::SignOut,
        Self::Export,
        Self::Erase,
    ];
}

/// What the caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// What everybody is told.
    Success,
    Field(&'static str),
    Only(Kind),
}

impl Told {
    fn of(outcome: &Result<()>) -> Self {
        match outcome {
            Ok(()) => Self::Success,
            Err(error) => match error.fields() {
                [] => Self::Only(error.kind()),
                fields => Self::Field(
                    ["/email", "/password", "/newPassword", "/code"]
                        .into_iter()
                        .find(|pointer| *pointer == fields[0].pointer)
                        .unwrap(),
                ),
            },
        }
    }
}

use Operation::{Confirm, Erase, Export, Forgot, Refresh, Resend, Reset, SignIn, SignOut, SignUp as SigningUp};
use Told::{Field, Only, Success};

const EVERY: &[Operation] = &Operation::ALL;
const CODES: &[Operation] = &[Confirm, Reset];
const MAILS: &[Operation] = &[Resend, Forgot];
const PUBLIC: &[Operation] = &[SigningUp, Confirm, Resend, Forgot, Reset, SignIn, Refresh];

/// By the reference of the user pools API, as of the version of the SDK.
#[rustfmt::skip]
const ROWS: &[(&[Operation], &str, Told)] = &[
    (&[SigningUp],       "UsernameExistsException",                   Success),
    (&[SigningUp],       "CodeDeliveryFailureException",              Success),
    (&[SigningUp],       "InvalidParameterException",                 Field("/email")),
    (&[SigningUp],       "InvalidPasswordException",                  Field("/password")),
    (&[SigningUp],       "NotAuthorizedException",                    Only(Kind::Forbidden)),
    (&[SigningUp],       "LimitExceededException",                    Only(Kind::RateLimited)),
    (&[Confirm],         "AliasExistsException",                      Field("/code")),
    (CODES,              "CodeMismatchException",                     Field("/code")),
    (CODES,              "ExpiredCodeException",                      Field("/code")),
    (CODES,              "InvalidParameterException",                 Field("/code")),
    (CODES,              "LimitExceededException",                    Field("/code")),
    (CODES,              "NotAuthorizedException",                    Field("/code")),
    (CODES,              "TooManyFailedAttemptsException",            Field("/code")),
    (CODES,              "UserNotFoundException",                     Field("/code")),
    (&[Reset],           "UserNotConfirmedException",                 Field("/code")),
    (&[Reset],           "InvalidPasswordException",                  Field("/newPassword")),
    (&[Reset],           "PasswordHistoryPolicyViolationException",   Field("/newPassword")),
    (MAILS,              "CodeDeliveryFailureException",              Success),
    (MAILS,              "InvalidParameterException",                 Success),
    (MAILS,              "LimitExceededException",                    Success),
    (MAILS,              "NotAuthorizedException",                    Success),
    (MAILS,              "UserNotFoundException",                     Success),
    (&[SignIn],          "NotAuthorizedException",                    Only(Kind::Unauthenticated)),
    (&[SignIn],          "UserNotFoundException",                     Only(Kind::Unauthenticated)),
    (&[SignIn],          "UserNotConfirmedException",                 Only(Kind::Forbidden)),
    (&[SignIn],          "PasswordResetRequiredException",            Only(Kind::Forbidden)),
    (&[SignIn],          "InvalidParameterException",                 Only(Kind::Internal)),
    (&[SignIn],          "FeatureUnavailableInTierException",         Only(Kind::Internal)),
    (&[SignIn],          "InvalidUserPoolConfigurationException",     Only(Kind::Internal)),
    (&[SignIn],          "UnsupportedOperationException",             Only(Kind::Internal)),
    (&[Refresh],         "InvalidParameterException",                 Only(Kind::Unauthenticated)),
    (&[Refresh],         "NotAuthorizedException",                    Only(Kind::Unauthenticated)),
    (&[Refresh],         "RefreshTokenReuseException",                Only(Kind::Unauthenticated)),
    (&[Refresh],         "UserNotFoundException",                     Only(Kind::Unauthenticated)),
    (&[SignOut],         "UserNotFoundException",                     Success),
    (&[Export],          "UserNotFoundException",                     Only(Kind::NotFound)),
    (&[SignOut, Export, Erase], "InvalidParameterException",          Only(Kind::Internal)),
    (&[SignOut, Export, Erase], "NotAuthorizedException",             Only(Kind::Internal)),
    (&[SignOut, Export, Erase], "AccessDeniedException",              Only(Kind::Internal)),
    (EVERY,              "TooManyRequestsException",                  Only(Kind::RateLimited)),
    (EVERY,              "ThrottlingException",                       Only(Kind::Unavailable)),
    (EVERY,              "InternalErrorException",                    Only(Kind::Unavailable)),
    (EVERY,              "OperationNotEnabledException",              Only(Kind::Internal)),
    (EVERY,              "ResourceNotFoundException",                 Only(Kind::Internal)),
    (EVERY,              "UnrecognizedClientException",               Only(Kind::Internal)),
    (PUBLIC,             "ForbiddenException",                        Only(Kind::Forbidden)),
    (PUBLIC,             "UserLambdaValidationException",             Only(Kind::Forbidden)),
    (PUBLIC,             "UnexpectedLambdaException",                 Only(Kind::Internal)),
    (PUBLIC,             "InvalidLambdaResponseException",            Only(Kind::Internal)),
    (PUBLIC,             "InvalidEmailRoleAccessPolicyException",     Only(Kind::Internal)),
    (PUBLIC,             "InvalidSmsRoleAccessPolicyException",       Only(Kind::Internal)),
    (PUBLIC,             "InvalidSmsRoleTrustRelationshipException",  Only(Kind::Internal)),
];

#[tokio::test]
async fn every_documented_exception_means_what_the_trait_says() {
    for (operations, exception, expected) in ROWS {
        for operation in *operations {
            let answers = Answers::new([Answer::Refused(exception, "canary@example.com is the message")]);
            let outcome = operation.call(&answers.provider(None)).await;
            assert_eq!(Told::of(&outcome), *expected, "{exception} of {operation:?}");
            assert_eq!(answers.came().len(), 1);
            // That nothing is held is an answer of the provider's own.
            if let Err(error) = &outcome
                && error.kind() != Kind::NotFound
            {
                assert_tells_nothing(error, exception);
            }
        }
    }
}

/// A log has the exception's name and the request, and nobody has the message: it repeats what was typed.
fn assert_tells_nothing(error: &Error, exception: &str) {
    let chain = error.chain();
    assert!(chain.contains(exception) && chain.contains("11111111-2222"), "{chain}");
    assert!(!chain.contains("canary") && !format!("{error:?}").contains("canary"), "{error:?}");
    assert!(!error.to_string().contains(exception));
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let answers = Answers::new([Answer::Refused("TooManyRequestsException", "")]);
    let error = SignIn.call(&answers.provider(None)).await.unwrap_err();
    assert!(error.retry_after().is_some_and(|pause| pause.as_secs() > 0));
}

#[tokio::test]
async fn a_password_tried_too_often_is_answered_like_a_wrong_one() {
    let refusals = ["Password attempts exceeded", "Incorrect username or password.", "User is disabled."];
    let mut told = Vec::new();
    for message in refusals {
        let answers = Answers::new([Answer::Refused("NotAuthorizedException", message)]);
        told.push(format!("{:?}", SignIn.call(&answers.provider(None)).await.unwrap_err()));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_wrong_client_secret_is_a_fault_and_never_a_wrong_password() {
    let messages = [
        "Unable to verify secret hash for client client",
        "Client client is configured with secret but SECRET_HASH was not received",
    ];
    for operation in [SigningUp, Confirm, Resend, Forgot, Reset, SignIn] {
        for message in messages {
            let answers = Answers::new([Answer::Refused("NotAuthorizedException", message)]);
            let outcome = operation.call(&answers.provider(Some("not it"))).await;
            assert_eq!(Told::of(&outcome), Only(Kind::Internal), "{operation:?}: {message}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_answer_is_unavailable() {
    for answer in
        [Answer::Silence, Answer::Unreachable, Answer::Status(500), Answer::Status(503), Answer::Done(json!(7))]
    {
        for operation in Operation::ALL {
            let answers = Answers::new([answer.clone()]);
            let outcome = operation.call(&answers.provider(None)).await;
            assert_eq!(Told::of(&outcome), Only(Kind::Unavailable), "{answer:?} to {operation:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_is_tried_again_by_the_client_that_was_handed_in() {
    let throttled = || Answer::Refused("TooManyRequestsException", "Rate exceeded");
    let answers = Answers::new([throttled(), throttled(), Answer::Done(json!({}))]);
    Confirm.call(&answers.provider_with(None, RetryConfig::standard())).await.unwrap();
    assert_eq!(answers.came().len(), 3);
}
