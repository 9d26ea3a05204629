//! A forgotten password, and a new one.

use wishlist_core::error::{Error, Kind, Result};

use super::provider::CognitoIdentity;
use super::refusal::{Asked, read};
use super::signing_up::{check_code, check_edges};
use crate::account::EmailAddress;
use crate::fields::check_reset;
use crate::secret::Secret;

impl CognitoIdentity {
    pub(super) async fn mail_reset(&self, email: &str) -> Result<()> {
        let email = EmailAddress::parse(email)?;
        let answer = self
            .client
            .forgot_password()
            .client_id(&self.settings.client_id)
            .set_secret_hash(self.settings.secret_hash(email.as_str()))
            .username(email.as_str())
            .send()
            .await;
        read(Asked::Mail, answer).map(drop)
    }

    /// Cognito leaves the sessions of before a reset open, so they are ended by a second call: after the first, because only
    /// the code shows that the person asks. Where that call fails the password is set all the same.
    pub(super) async fn reset(&self, email: &str, code: &Secret, new_password: &Secret) -> Result<()> {
        let email = check_reset(email, new_password)?;
        check_edges(new_password, "/newPassword")?;
        check_code(code)?;
        let answer = self
            .client
            .confirm_forgot_password()
            .client_id(&self.settings.client_id)
            .set_secret_hash(self.settings.secret_hash(email.as_str()))
            .username(email.as_str())
            .confirmation_code(code.expose())
            .password(new_password.expose())
            .send()
            .await;
        read(Asked::Reset, answer)?;
        self.end_sessions(email.as_str()).await.map_err(|error| {
            let message = "the password is set, but sessions elsewhere may still be open; sign in, then sign out";
            Error::new(Kind::Unavailable, message).with_source(error)
        })
    }
}
