//! What an identity provider knows of a person, and the check of an address.

use std::fmt;

use serde::{Deserialize, Serialize};
use wishlist_core::error::{Error, Result};
use wishlist_core::ids::UserId;

/// The most bytes of an address: RFC 5321, section 4.5.3.1.3, limits a path to 256 with its angle brackets.
const MAX_EMAIL_BYTES: usize = 254;

/// A person as the identity provider knows them. `Debug` shows the id only.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The `sub` of the person's tokens.
    pub user: UserId,
    /// Where they are reached, as they typed it.
    pub email: EmailAddress,
    /// What they want to be called.
    pub name: Option<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An e-mail address as it was typed. `Debug` shows nothing of it.
///
/// The check is modest on purpose: one `@` with something on both sides, no space and no control character, at most
/// 254 bytes. Only a mail that arrives shows that an address is one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks an address and keeps it as it is.
    ///
    /// # Errors
    /// [`Kind::Invalid`](wishlist_core::Kind::Invalid) at `/email`. The message does not repeat the address.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |detail: &str| Err(Error::invalid("/email", detail));
        if text.len() > MAX_EMAIL_BYTES {
            return refuse("an e-mail address has at most 254 bytes");
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refuse("an e-mail address has no space and no control character");
        }
        match text.split_once('@') {
            Some((mailbox, host)) if !mailbox.is_empty() && !host.is_empty() && !host.contains('@') => {
                Ok(Self(text.to_owned()))
            }
            _ => refuse("an e-mail address is written like `name@example.com`"),
        }
    }

    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_and_no_surprises() {
        let longest = format!("{}@example.com", "x".repeat(MAX_EMAIL_BYTES - 12));
        for good in ["a@b", "Alice.Smith+lists@Example.com", "jörg@bücher.example", &longest] {
            assert_eq!(EmailAddress::parse(good).unwrap().as_str(), good);
        }
        let too_long = format!("x{longest}");
        let bad = ["", "alice", "@b", "a@", "a@b@c", "a @b", " a@b", "a@b\n", "a@b\0", "a@\u{85}b", "a@b\u{2028}"];
        for text in bad.into_iter().chain([too_long.as_str()]) {
            let error = EmailAddress::parse(text).unwrap_err();
            assert_eq!(error.fields()[0].pointer, "/email", "{text:?}");
        }
    }

    #[test]
    fn debug_shows_no_address() {
        let account = Account {
            user: "u1".parse().unwrap(),
            email: EmailAddress::parse("canary@example.com").unwrap(),
            name: Some("Canary".to_owned()),
        };
        let shown = format!("{account:?} {:?}", account.email);
        assert!(!shown.to_lowercase().contains("canary"), "{shown}");
    }
}
