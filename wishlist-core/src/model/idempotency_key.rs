//! The name that a caller gives a call, so that the same call sent twice has one effect.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Kind, Result};

/// What a caller names a call by: 1 to 255 visible ASCII characters. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// What is kept of a key: enough to know it again, not to say what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyDigest(String);

/// What is kept of a call's input: whether another call under the same key is the same can be told from it, what was sent
/// cannot, for it is keyed by a text that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl IdempotencyKey {
    /// The key's digest.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest(hex(&Sha256::digest(self.0.as_bytes())))
    }

    /// The fingerprint of an input (HMAC-SHA-256, RFC 2104) under this key.
    pub fn fingerprint(&self, input: &[u8]) -> Fingerprint {
        // HMAC takes a key of any length; the error is of other algorithms.
        let mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).map(|mac| mac.chain_update(input));
        Fingerprint(mac.map_or_else(|_| String::new(), |mac| hex(&mac.finalize().into_bytes())))
    }
}

impl FromStr for IdempotencyKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if !(1..=255).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::new(Kind::Invalid, "an idempotency key is 1 to 255 visible ASCII characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

impl fmt::Display for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_a_bounded_length() {
        for good in ["a", "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f", "a#b/c~", &"x".repeat(255)] {
            assert!(good.parse::<IdempotencyKey>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "é", "a\n", &"x".repeat(256)] {
            assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_fingerprint_is_of_its_key_and_its_input() {
        let (one, two): (IdempotencyKey, IdempotencyKey) = ("one".parse().unwrap(), "two".parse().unwrap());
        assert_eq!(one.fingerprint(b"{}"), one.fingerprint(b"{}"));
        assert_ne!(one.fingerprint(b"{}"), one.fingerprint(b"[]"));
        assert_ne!(one.fingerprint(b"{}"), two.fingerprint(b"{}"));
        assert_eq!(format!("{one:?}"), "IdempotencyKey(…)");
    }

    #[test]
    fn the_fingerprint_is_the_standards_hmac() {
        // RFC 4231, test case 2.
        let key: IdempotencyKey = "Jefe".parse().unwrap();
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(key.fingerprint(b"what do ya want for nothing?").0, expected);
    }
}
