//! What the local provider keeps of people. Signing keys are in `signing`, codes in `codes`, wrong passwords in `lock_out`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wishlist_core::clock::Timestamp;
use wishlist_core::ids::UserId;
use wishlist_core::table::keys::{self, EmailDigest};
use wishlist_core::table::{Entity, Key};

use crate::account::{Account, EmailAddress};

/// How long an account waits to be confirmed. Who comes later signs up again.
const SIGN_UP_LIFE: Duration = Duration::from_hours(3 * 24);

/// A person's way in, by the hash of their address, which is confirmed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Login {
    pub(super) user: UserId,
    /// As typed; the key holds the hash of the address folded to lower case.
    pub(super) email: EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// Absent where none of the passwords that were given before the address was confirmed could be trusted: the person
    /// sets one by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<PasswordHash>,
    pub(super) created_at: Timestamp,
    /// How often the password was set anew; sessions of an earlier number are over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) resets: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a function of a reference")]
pub(super) fn is_zero(number: &u32) -> bool {
    *number == 0
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

/// An account that is to be confirmed. Written for a known address too, where it leads to nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PendingLogin {
    pub(super) user: UserId,
    pub(super) email: EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) password: PasswordHash,
    /// Whether several passwords were given for the address while it waited: whoever reads its mails has not given all of
    /// them, so that none may become the account's.
    pub(super) contested: bool,
    pub(super) created_at: Timestamp,
}

impl PendingLogin {
    pub(super) fn digest(&self) -> EmailDigest {
        EmailDigest::of(self.email.as_str())
    }

    pub(super) fn account(&self) -> Account {
        Account { user: self.user.clone(), email: self.email.clone(), name: self.name.clone() }
    }

    /// The account that it becomes. Of a contested one the name is as little to be trusted as the password.
    pub(super) fn confirmed(self) -> Login {
        let Self { user, email, created_at, .. } = self;
        let (name, password) = if self.contested { (None, None) } else { (self.name, Some(self.password)) };
        Login { user, email, name, password, created_at, resets: 0 }
    }
}

impl Entity for PendingLogin {
    fn key(&self) -> Key {
        keys::sign_up(&self.digest())
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.created_at + SIGN_UP_LIFE)
    }
}

/// Where a user's login is. Users of older files get one at their next sign-in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MyLogin {
    pub(super) user: UserId,
    pub(super) login: EmailDigest,
}

impl MyLogin {
    pub(super) fn of(login: &Login) -> Self {
        Self { user: login.user.clone(), login: login.digest() }
    }
}

impl Entity for MyLogin {
    fn key(&self) -> Key {
        keys::my_login(&self.user)
    }
}

/// A password's hash with everything needed to check one against it. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PasswordHash(pub(super) String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
