//! What the tokens of the local provider say. The names are Cognito's, so that one verifier reads both.

use std::time::Duration;

use serde::Serialize;
use uuid::Uuid;
use wishlist_core::clock::Timestamp;
use wishlist_core::error::Result;
use wishlist_core::ids::Ids;

use super::signing::SigningKey;
use crate::account::Account;
use crate::secret::Secret;
use crate::verifier::Issuer;

/// How long access and id tokens are good for. A signed-out user's access token works until then.
pub(super) const TOKEN_LIFE: Duration = Duration::from_hours(1);

/// RFC 7519, section 4.1, and the names that Cognito adds.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    token_use: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(flatten)]
    purpose: Purpose<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Purpose<'a> {
    /// For the API: no address, no name, because a token travels further than a person's data should.
    Access { client_id: &'a str },
    /// For the client that asked (`OpenID` Connect Core 1.0, section 2).
    Id {
        aud: &'a str,
        email: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
    },
}

/// An access and an id token of `account`, signed at `now`.
pub(super) fn issue(
    key: &SigningKey,
    issuer: &Issuer,
    ids: &Ids,
    account: &Account,
    now: Timestamp,
) -> Result<(Secret, Secret)> {
    let sign = |token_use, purpose| {
        let claims = Claims {
            iss: &issuer.issuer,
            sub: account.user.as_str(),
            token_use,
            iat: now.as_seconds(),
            exp: (now + TOKEN_LIFE).as_seconds(),
            jti: ids.mint::<Uuid>().to_string(),
            purpose,
        };
        key.sign(&claims).map(Secret::from)
    };
    let access = sign("access", Purpose::Access { client_id: &issuer.client_id })?;
    let (email, name) = (account.email.as_str(), account.name.as_deref());
    let id = sign("id", Purpose::Id { aud: &issuer.client_id, email, name })?;
    Ok((access, id))
}
