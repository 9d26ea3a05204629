//! What an identity provider does for the product, the same on one machine and on a hosted pool.
//!
//! Which caller may do what is not decided here.

use std::fmt::{self, Debug};
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::clock::Timestamp;
use wishlist_core::error::Result;
use wishlist_core::ids::UserId;

use crate::account::{Account, EmailAddress};
use crate::secret::Secret;

/// Keeps accounts and sessions, and signs the tokens that a [`Verifier`](crate::Verifier) accepts.
#[async_trait]
pub trait Provider: Send + Sync + Debug {
    /// Makes an account.
    ///
    /// Where a code has to be confirmed, a known address is answered like a new one, with an account that does not exist:
    /// keep nothing of an answer that asks for a confirmation.
    ///
    /// # Errors
    /// [`Kind::Invalid`](wishlist_core::Kind::Invalid) with every refused field by its pointer (`/email`, `/password`,
    /// `/name`); [`Kind::Conflict`](wishlist_core::Kind::Conflict) for a known address, where a sign-up confirms at once.
    async fn sign_up(&self, request: SignUp) -> Result<SignedUp>;

    /// Shows by the code that was mailed that the address is the person's own; only then can they sign in.
    ///
    /// # Errors
    /// [`Kind::Invalid`](wishlist_core::Kind::Invalid) at `/email`, and at `/code` for a code that is wrong, too old, used,
    /// tried too often, of another purpose, or of an address without a sign-up: these are never told apart.
    async fn confirm_sign_up(&self, email: &str, code: &Secret) -> Result<()>;

    /// Mails a new code to an address that is to be confirmed. The code before it works no longer.
    ///
    /// The answer is the same for every address, and does not wait for the mail. Too many requests for one address change
    /// nothing and are answered alike.
    ///
    /// # Errors
    /// [`Kind::Invalid`](wishlist_core::Kind::Invalid) at `/email`.
    async fn resend_code(&self, email: &str) -> Result<()>;

    /// Mails a code with which a new password can be set. As [`resend_code`](Self::resend_code) otherwise.
    ///
    /// # Errors
    /// [`Kind::Invalid`](wishlist_core::Kind::Invalid) at `/email`.
    async fn forgot_password(&self, email: &str) -> Result<()>;

    /// Sets a new password by the code of [`forgot_password`](Self::forgot_password), and ends every session.
    ///
    /// # Errors
    /// [`Kind::Invalid`](wishlist_core::Kind::Invalid) at `/email`, at `/newPassword` for one that is not taken, and at
    /// `/code` as with [`confirm_sign_up`](Self::confirm_sign_up).
    async fn reset_password(&self, email: &str, code: &Secret, new_password: &Secret) -> Result<()>;

    /// Starts a session.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`](wishlist_core::Kind::Unauthenticated), the same after the same work for an unknown
    /// address and a wrong password; [`Kind::RateLimited`](wishlist_core::Kind::RateLimited) after too many wrong ones in a
    /// row, known address or not; [`Kind::Forbidden`](wishlist_core::Kind::Forbidden) for the right password of an address
    /// that is not confirmed yet; [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) under a flood.
    async fn sign_in(&self, email: &str, password: &Secret) -> Result<SignedIn>;

    /// Exchanges a refresh token for new tokens.
    ///
    /// # Errors
    /// [`Kind::Unauthenticated`](wishlist_core::Kind::Unauthenticated) for a token that is unknown, expired, of an ended
    /// session, or was exchanged before where the provider rotates; in the last case the whole session ends, unless the
    /// exchange was a moment ago: then the client lost the answer and gets another.
    async fn refresh_session(&self, refresh_token: &Secret) -> Result<Refreshed>;

    /// Ends every session of `user` on every device: no refresh token given out before works again. An access token
    /// proves its user until it expires, because nothing is asked when it is verified.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) where the provider does not answer; calling it again is
    /// safe.
    async fn sign_out(&self, user: &UserId) -> Result<()>;

    /// What is held of a person here, for them to read: no secret, no hash.
    ///
    /// # Errors
    /// [`Kind::NotFound`](wishlist_core::Kind::NotFound) where nothing is held; [`Kind::Unavailable`](wishlist_core::Kind::Unavailable)
    /// where the provider does not answer.
    async fn export(&self, user: &UserId) -> Result<IdentityExport>;

    /// Removes everything that is held of a person, their sessions first. Their address can be signed up anew afterwards.
    ///
    /// Safe to call again, also after a call that ended half-way, and for somebody of whom nothing is held. An access token
    /// that was given out proves its user until it expires.
    ///
    /// # Errors
    /// [`Kind::Unavailable`](wishlist_core::Kind::Unavailable) where the provider does not answer; call it again.
    async fn erase(&self, user: &UserId) -> Result<()>;

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

/// What a provider holds of a person. `Debug` shows how many sessions there are and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityExport {
    /// Where they are reached, as they typed it.
    pub email: EmailAddress,
    /// What they want to be called.
    pub name: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Where they are signed in, the oldest first.
    pub sessions: Vec<SessionExport>,
}

impl Debug for IdentityExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityExport").field("sessions", &self.sessions.len()).finish_non_exhaustive()
    }
}

/// One signed-in client of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExport {
    /// When they signed in.
    pub started_at: Timestamp,
    /// When the client last got new tokens.
    pub refreshed_at: Timestamp,
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
