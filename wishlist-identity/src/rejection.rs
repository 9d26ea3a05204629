//! Why a token was refused: for logs, never for the caller.

use std::error::Error as StdError;
use std::fmt;

use wishlist_core::error::{Error, Kind};

macro_rules! rejections {
    ($($(#[$doc:meta])* $name:ident = $code:literal),* $(,)?) => {
        /// Why a token was refused.
        ///
        /// The caller learns none of it: every one of them becomes the same error, which carries this as its source.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Rejection {
            $($(#[$doc])* $name),*
        }

        impl Rejection {
            /// The reason as one word for a log line; it holds nothing of the token.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code),*
                }
            }
        }
    };
}

rejections! {
    /// Longer than any token that we or the hosted provider sign; it was not looked into.
    TooLong = "too_long",
    /// Not three parts of strict base64url (RFC 7515, sections 2 and 7.1).
    Malformed = "malformed",
    /// The header is not a JSON object with unique names.
    Header = "header",
    /// Not the issuer's one algorithm (RFC 8725, section 3.1).
    Algorithm = "algorithm",
    /// The header's `typ` names something other than a JWT (RFC 8725, section 3.11).
    Type = "type",
    /// The header has `crit`: it asks for an extension, and we have none (RFC 7515, section 4.1.11).
    Critical = "critical",
    /// The header names no key.
    KeyId = "key_id",
    /// The issuer has no such key, or none of that name that may verify.
    UnknownKey = "unknown_key",
    /// The issuer's keys could never be read so far: the one rejection that passes.
    KeysUnavailable = "keys_unavailable",
    /// The signature is not by that key.
    Signature = "signature",
    /// The claims are not a JSON object with unique names.
    Claims = "claims",
    /// No `iss` as text, or another issuer's.
    Issuer = "issuer",
    /// `token_use` is not `access`.
    TokenUse = "token_use",
    /// No `client_id` as text, or another client's.
    Client = "client",
    /// There is an `aud`, and we are not in it (RFC 7519, section 4.1.3).
    Audience = "audience",
    /// No `exp` as a whole number of seconds.
    Expiry = "expiry",
    /// `exp` has passed.
    Expired = "expired",
    /// `nbf` is not a whole number of seconds, or has not come.
    NotBefore = "not_before",
    /// `iat` is not a whole number of seconds, or has not come.
    IssuedAt = "issued_at",
    /// `sub` is not text that is a user's id.
    Subject = "subject",
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl StdError for Rejection {}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        let error = match rejection {
            Rejection::KeysUnavailable => Self::new(Kind::Unavailable, "the issuer's keys could not be read"),
            _ => Self::new(Kind::Unauthenticated, "the access token is not valid; sign in again"),
        };
        error.with_source(rejection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_learns_nothing_of_the_reason() {
        let (expired, forged) = (Error::from(Rejection::Expired), Error::from(Rejection::Signature));
        assert_eq!(expired.to_string(), forged.to_string());
        assert_eq!(expired.kind(), Kind::Unauthenticated);
        assert_eq!(expired.source().map(ToString::to_string).as_deref(), Some("expired"));
    }
}
