//! What the local provider keeps.
//!
//! A sign-in starts a *session*; each refresh leaves one more *refresh token* of that session, of which the last is the
//! only one that works. The session's own record says which that is, so one put exchanges a token and one delete ends a
//! session, however many tokens it had.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::{SessionId, UserId};
use wishlist_core::table::keys::{self, EmailDigest, TokenDigest};
use wishlist_core::table::{Entity, Key};

use crate::account::{Account, EmailAddress};

/// How long a session lasts from its sign-in; a refresh does not prolong it, as in Cognito with rotation.
pub(super) const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);

/// A person's way in, by the hash of their address.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Login {
    pub(super) user: UserId,
    /// As typed; the key holds the hash of the address folded to lower case.
    pub(super) email: EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// A PHC string: algorithm, parameters, salt and hash.
    pub(super) password: PasswordHash,
    pub(super) created_at: Timestamp,
}

impl Login {
    pub(super) fn digest(&self) -> EmailDigest {
        EmailDigest::of(self.email.as_str())
    }

    pub(super) fn account(&self) -> Account {
        Account { user: self.user.clone(), email: self.email.clone(), name: self.name.clone() }
    }
}

impl Entity for Login {
    fn key(&self) -> Key {
        keys::login(&self.digest())
    }
}

/// A password's hash with everything needed to check one against it. `Debug` shows nothing of it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PasswordHash(pub(super) String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// One signed-in client of a user. Without this record none of the session's refresh tokens works.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) user: UserId,
    /// The one refresh token that works.
    pub(super) current: TokenDigest,
    pub(super) started_at: Timestamp,
    /// When `current` was given out.
    pub(super) refreshed_at: Timestamp,
}

impl Session {
    pub(super) fn ends_at(&self) -> Timestamp {
        self.started_at + SESSION_LIFE
    }
}

impl Entity for Session {
    fn key(&self) -> Key {
        keys::my_session(&self.user, self.id)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

/// A refresh token that was given out, whether it still works or not: it leads to its session. Kept as long as the session
/// could last, so that a stolen token is recognized whenever it comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefreshToken {
    pub(super) digest: TokenDigest,
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) login: EmailDigest,
    /// The token that this one was given for: from a session's current token, all of them are found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<TokenDigest>,
    /// The end of the session.
    pub(super) ends_at: Timestamp,
}

impl Entity for RefreshToken {
    fn key(&self) -> Key {
        keys::session(&self.digest)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.ends_at)
    }
}

/// A key that signs tokens. `Debug` shows its name only.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SigningRecord {
    /// 1 for the first; the newest signs.
    pub(super) number: u32,
    /// The `kid` in tokens and in the published set.
    pub(super) kid: String,
    /// Both halves: PKCS #8, version 2 (RFC 5958), in base64url.
    pub(super) pkcs8: String,
    pub(super) created_at: Timestamp,
}

impl std::fmt::Debug for SigningRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningRecord").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Entity for SigningRecord {
    fn key(&self) -> Key {
        keys::signing(self.number)
    }
}
