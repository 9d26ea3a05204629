//! Starting a session by a password, and going on with one.

use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, AuthenticationResultType, ChallengeNameType};
use wishlist_core::error::{Error, Kind, Result};

use super::account::unexpected;
use super::provider::CognitoIdentity;
use super::refusal::{Asked, read, reset_first};
use crate::account::EmailAddress;
use crate::provider::{Refreshed, SignedIn};
use crate::refused::{session_over, wrong_credentials};
use crate::secret::Secret;

/// The most characters of a password that is sent on, as for a new one.
const MAX_PASSWORD_CHARACTERS: usize = 256;

impl CognitoIdentity {
    /// By `USER_PASSWORD_AUTH`: SRP would keep the password from Cognito, which sees it at sign-up anyway, for a second round
    /// trip and a modular exponentiation of 3,072 bits.
    pub(super) async fn sign_in_by_password(&self, email: &str, password: &Secret) -> Result<SignedIn> {
        let email = EmailAddress::parse(email).map_err(|_| wrong_credentials())?;
        if !(1..=MAX_PASSWORD_CHARACTERS).contains(&password.expose().chars().count()) {
            return Err(wrong_credentials());
        }
        let mut call = self
            .client
            .initiate_auth()
            .client_id(&self.settings.client_id)
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", email.as_str())
            .auth_parameters("PASSWORD", password.expose());
        if let Some(hash) = self.settings.secret_hash(email.as_str()) {
            call = call.auth_parameters("SECRET_HASH", hash);
        }
        let answer = read(Asked::SignIn, call.send().await)?.ok_or_else(wrong_credentials)?;
        if let Some(challenge) = answer.challenge_name() {
            return Err(unanswered(challenge));
        }
        let (account, tokens) = self.admit(present(answer.authentication_result)?).await?;
        Ok(SignedIn { account, tokens })
    }

    /// By `GetTokensFromRefreshToken`, with rotation and without: it takes the client's secret itself. The older
    /// `REFRESH_TOKEN_AUTH` takes a hash over the user's name, which a refresh token, encrypted as it is, does not tell; and
    /// no client that rotates allows it.
    pub(super) async fn refresh(&self, refresh_token: &Secret) -> Result<Refreshed> {
        let answer = self
            .client
            .get_tokens_from_refresh_token()
            .client_id(&self.settings.client_id)
            .set_client_secret(self.settings.client_secret.as_ref().map(|secret| secret.expose().to_owned()))
            .refresh_token(refresh_token.expose())
            .send()
            .await;
        let answer = read(Asked::Refresh, answer)?.ok_or_else(session_over)?;
        let (account, tokens) = self.admit(present(answer.authentication_result)?).await?;
        Ok(Refreshed { account, tokens })
    }
}

fn present(tokens: Option<AuthenticationResultType>) -> Result<AuthenticationResultType> {
    tokens.ok_or_else(|| unexpected("there is no authentication result"))
}

/// The password was right, and Cognito asks for more than this API can.
fn unanswered(challenge: &ChallengeNameType) -> Error {
    match challenge {
        ChallengeNameType::NewPasswordRequired => reset_first(),
        _ => Error::new(Kind::Forbidden, "this account asks for a second factor, which cannot be given here")
            .with_source(format!("Cognito asks for `{challenge}`")),
    }
}
