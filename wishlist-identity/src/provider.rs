//! What an identity provider does for the product, the same on one machine and on a hosted pool.
//!
//! Which caller may do what is not decided here.

use std::fmt::{self, Debug};
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::error::Result;
use wishlist_core::ids::UserId;

use crate::account::Account;
use crate::secret::Secret;

/// Keeps accounts and sessions, and signs the tokens that a [`Verifier`](crate::Verifier) accepts.
#[async_trait]
pub trait Provider: Send + Sync + Debug {
    /// Makes an account.
    ///
    /// # Errors
    /// [`Kind::Invalid`](wishlist_core::Kind::Invalid) with every refused field by its pointer (`/email`, `/password`,
    /// `/name`); [`Kind::Conflict`](wishlist_core::Kind::Conflict) for a known address, where a sign-up confirms at once.
    async fn sign_up(&self, request: SignUp) -> Result<SignedUp>;

    /// Starts a session.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`](wishlist_core::Kind::Unauthenticated), the same after the same work for an unknown
    /// address and a wrong password; [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) under a flood of them.
    async fn sign_in(&self, email: &str, password: &Secret) -> Result<SignedIn>;

    /// Exchanges a refresh token for new tokens.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`](wishlist_core::Kind::Unauthenticated) for a token that is unknown, expired, of an ended
    /// session, or was exchanged before where the provider rotates; in the last case the whole session ends.
    async fn refresh_session(&self, refresh_token: &Secret) -> Result<Refreshed>;

    /// Ends every session of `user` on every device: no refresh token given out before works again. An access token
    /// proves its user until it expires, because nothing is asked when it is verified.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) where the provider does not answer; calling it again is
    /// safe.
    async fn sign_out(&self, user: &UserId) -> Result<()>;

    /// The keys that verify this provider's tokens, as the text of a JWK Set (RFC 7517, section 5), or `None` where the
    /// provider publishes them itself.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) where the provider does not answer.
    async fn jwks(&self) -> Result<Option<String>>;
}

/// What a person gives to get an account, as it was sent. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SignUp {
    /// Where they are reached.
    pub email: String,
    /// What they will sign in with.
    pub password: Secret,
    /// What they want to be called, 1 to 200 characters.
    pub name: Option<String>,
}

impl Debug for SignUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignUp").finish_non_exhaustive()
    }
}

/// The answer to a sign-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUp {
    /// The new account.
    pub account: Account,
    /// Whether a code has to be confirmed before the first sign-in.
    pub confirmation_required: bool,
}

/// The answer to a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who signed in.
    pub account: Account,
    /// The tokens of the new session.
    pub tokens: Tokens,
}

/// The answer to a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// Whose session it is.
    pub account: Account,
    /// The new tokens.
    pub tokens: Tokens,
}

/// What a client keeps of its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Proves the caller to the API; carries no address and no name.
    pub access_token: Secret,
    /// Tells the client who signed in; the API does not accept it.
    pub id_token: Secret,
    /// Gets the next tokens. Absent in the answer to a refresh where the provider does not rotate: the old one stays.
    pub refresh_token: Option<Secret>,
    /// How long the access token is good for.
    pub expires_in: Duration,
}
