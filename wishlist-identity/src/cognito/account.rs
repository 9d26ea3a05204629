//! Who a session is of: access tokens hold no address, id tokens and the pool do.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::operation::admin_get_user::AdminGetUserOutput;
use aws_sdk_cognitoidentityprovider::types::AuthenticationResultType;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::ids::UserId;

use super::provider::CognitoIdentity;
use crate::account::{Account, EmailAddress};
use crate::provider::Tokens;
use crate::secret::Secret;
use crate::token::{Compact, Object};

impl CognitoIdentity {
    /// The tokens of an answer, and who they are of.
    ///
    /// The id token came from Cognito itself over this connection, which is all that its signature would say (`OpenID`
    /// Connect Core 1.0, section 3.1.3.7). Where the pool's client may not read the address, the pool is asked for it.
    pub(super) async fn admit(&self, answer: AuthenticationResultType) -> Result<(Account, Tokens)> {
        let tokens = tokens(answer).ok_or_else(|| unexpected("tokens are missing"))?;
        let claims = claims(&tokens.id_token).ok_or_else(|| unexpected("the id token is none"))?;
        let user = claims.text("sub").and_then(|sub| sub.parse::<UserId>().ok());
        let user = user.ok_or_else(|| unexpected("the id token has no `sub`"))?;
        if let Some(email) = claims.text("email") {
            let account = Account { user, email: address(email)?, name: claims.text("name").map(str::to_owned) };
            return Ok((account, tokens));
        }
        let held = self.find(&user).await?.ok_or_else(|| unexpected("the account is gone"))?;
        Ok((account(user, &held)?, tokens))
    }
}

/// The account of a user, as the pool holds it.
pub(super) fn account(user: UserId, held: &AdminGetUserOutput) -> Result<Account> {
    let attribute = |name| held.user_attributes().iter().find(|held| held.name() == name)?.value();
    let email = attribute("email").ok_or_else(|| unexpected("the account has no address"))?;
    Ok(Account { user, email: address(email)?, name: attribute("name").map(str::to_owned) })
}

fn address(text: &str) -> Result<EmailAddress> {
    EmailAddress::parse(text).map_err(|_| unexpected("the account's address is none"))
}

fn tokens(answer: AuthenticationResultType) -> Option<Tokens> {
    Some(Tokens {
        access_token: Secret::from(answer.access_token?),
        id_token: Secret::from(answer.id_token?),
        refresh_token: answer.refresh_token.map(Secret::from),
        expires_in: Duration::from_secs(u64::try_from(answer.expires_in).ok()?),
    })
}

fn claims(token: &Secret) -> Option<Object> {
    Object::parse(&Compact::split(token.expose()).ok()?.payload)
}

/// Cognito answered, and not as its reference says.
pub(super) fn unexpected(what: &'static str) -> Error {
    Error::new(Kind::Internal, "the identity provider's answer is not as expected").with_source(what)
}
