//! Making an account, and confirming its address.

use aws_sdk_cognitoidentityprovider::operation::sign_up::SignUpOutput;
use aws_sdk_cognitoidentityprovider::types::AttributeType;
use uuid::Uuid;
use wishlist_core::error::{Error, Result};
use wishlist_core::ids::UserId;

use super::account::unexpected;
use super::provider::CognitoIdentity;
use super::refusal::{Asked, read};
use crate::account::{Account, EmailAddress};
use crate::fields::check_sign_up;
use crate::provider::{SignUp, SignedUp};
use crate::refused::wrong_code;
use crate::secret::Secret;

/// The most bytes of a code that is sent on: Cognito's have six digits.
const MAX_CODE_BYTES: usize = 64;

impl CognitoIdentity {
    /// Where a code is to be confirmed, the account of the answer is made up, for a known address and a new one alike: Cognito's
    /// own ids do not look like any that could be made up here.
    pub(super) async fn sign_up_by_mail(&self, request: SignUp) -> Result<SignedUp> {
        let email = check_sign_up(&request)?;
        check_edges(&request.password, "/password")?;
        let answer = self
            .client
            .sign_up()
            .client_id(&self.settings.client_id)
            .set_secret_hash(self.settings.secret_hash(email.as_str()))
            .username(email.as_str())
            .password(request.password.expose())
            .set_user_attributes(Some(attributes(&email, request.name.as_deref())?))
            .send()
            .await;
        let confirmed = read(Asked::SignUp, answer)?.filter(SignUpOutput::user_confirmed);
        let user = match &confirmed {
            Some(answer) => answer.user_sub().parse()?,
            None => UserId::try_from(self.ids.mint::<Uuid>().to_string())?,
        };
        let account = Account { user, email, name: request.name };
        Ok(SignedUp { account, confirmation_required: confirmed.is_none() })
    }

    pub(super) async fn confirm(&self, email: &str, code: &Secret) -> Result<()> {
        let email = EmailAddress::parse(email)?;
        check_code(code)?;
        let answer = self
            .client
            .confirm_sign_up()
            .client_id(&self.settings.client_id)
            .set_secret_hash(self.settings.secret_hash(email.as_str()))
            .username(email.as_str())
            .confirmation_code(code.expose())
            .send()
            .await;
        read(Asked::Confirm, answer).map(drop)
    }

    pub(super) async fn mail_confirmation(&self, email: &str) -> Result<()> {
        let email = EmailAddress::parse(email)?;
        let answer = self
            .client
            .resend_confirmation_code()
            .client_id(&self.settings.client_id)
            .set_secret_hash(self.settings.secret_hash(email.as_str()))
            .username(email.as_str())
            .send()
            .await;
        read(Asked::Mail, answer).map(drop)
    }
}

fn attributes(email: &EmailAddress, name: Option<&str>) -> Result<Vec<AttributeType>> {
    let given = [("email", Some(email.as_str())), ("name", name)];
    let given = given.into_iter().filter_map(|(attribute, value)| Some((attribute, value?)));
    let attribute = |(name, value)| AttributeType::builder().name(name).value(value).build();
    given.map(attribute).collect::<Result<_, _>>().map_err(|_| unexpected("an attribute has no name"))
}

/// What can be no code is not asked about: Cognito would answer an exception of its own.
pub(super) fn check_code(code: &Secret) -> Result<()> {
    let code = code.expose();
    let fits = (1..=MAX_CODE_BYTES).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(()).ok_or_else(wrong_code)
}

/// Cognito's own rule for passwords beside those of the product (`^[\S]+.*[\S]+$`).
pub(super) fn check_edges(password: &Secret, pointer: &str) -> Result<()> {
    let password = password.expose();
    let fits = password.trim() == password && !password.contains(['\n', '\r']);
    fits.then_some(())
        .ok_or_else(|| Error::invalid(pointer, "a password neither begins nor ends with a space, and is one line"))
}
