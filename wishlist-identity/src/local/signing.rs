//! A key that signs, and when which of the table's keys does.

use std::fmt;
use std::time::Duration;

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::table::{Entity, Key, keys};

use super::issue::TOKEN_LIFE;
use crate::token::{Algorithm, decode, encode};

/// The first key's number; a newer key takes the next.
pub(super) const FIRST: u32 = 1;
/// How long a key is published before it signs. Our verifier reads keys anew after an hour, and the published set may be
/// cached for five minutes; others keep it for up to a day.
const PUBLISHED_BEFORE: Duration = Duration::from_hours(24);
/// How long a key is published after another has taken over: what it signed last has expired by then, with an hour for a
/// process that noticed late and for clocks that differ.
const PUBLISHED_AFTER: Duration = TOKEN_LIFE.saturating_add(Duration::from_hours(1));

/// A key that signs tokens. `Debug` shows its name only.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SigningRecord {
    /// 1 for the first; of those whose time has come, the newest signs.
    pub(super) number: u32,
    /// The `kid` in tokens and in the published set.
    pub(super) kid: String,
    /// Both halves: PKCS #8, version 2 (RFC 5958), in base64url.
    pub(super) pkcs8: String,
    pub(super) created_at: Timestamp,
    /// From when on it signs; absent for the first key, which signs at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signs_at: Option<Timestamp>,
}

impl fmt::Debug for SigningRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningRecord").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Entity for SigningRecord {
    fn key(&self) -> Key {
        keys::signing(self.number)
    }
}

impl SigningRecord {
    /// A new key: the first signs at once, any other after it was published for long enough.
    pub(super) fn generate(number: u32, now: Timestamp) -> Result<Self> {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(failed)?;
        let pair = pair(pkcs8.as_ref())?;
        let signs_at = (number > FIRST).then(|| now + PUBLISHED_BEFORE);
        Ok(Self { number, kid: thumbprint(&pair), pkcs8: encode(pkcs8), created_at: now, signs_at })
    }

    pub(super) fn signs_at(&self) -> Timestamp {
        self.signs_at.unwrap_or(self.created_at)
    }
}

/// What has to be done about the table's keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rotation {
    /// The number of the key to make.
    pub(super) make: Option<u32>,
    /// The numbers of the keys to remove.
    pub(super) remove: Vec<u32>,
}

impl Rotation {
    /// Of `keys` in the order of their numbers, each signing for `life`. The next key is made so that it has been
    /// published when the last one's time is over; never two at once, and the last one is never removed.
    pub(super) fn due(keys: &[SigningRecord], life: Duration, now: Timestamp) -> Self {
        let make = match keys.last() {
            None => Some(FIRST),
            Some(last) => {
                let is_due = last.signs_at() <= now && last.signs_at() + life <= now + PUBLISHED_BEFORE;
                is_due.then_some(last.number + 1)
            }
        };
        let is_over = |next: &SigningRecord| next.signs_at() + PUBLISHED_AFTER <= now;
        let pairs = keys.iter().zip(keys.iter().skip(1));
        let remove = pairs.filter(|(_, next)| is_over(next)).map(|(key, _)| key.number).collect();
        Self { make, remove }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.make.is_none() && self.remove.is_empty()
    }
}

/// A key pair that signs tokens (ES256). Its private half is shown nowhere.
pub(super) struct SigningKey {
    pair: EcdsaKeyPair,
    kid: String,
    signs_at: Timestamp,
}

impl SigningKey {
    pub(super) fn read(record: &SigningRecord) -> Result<Self> {
        let der = decode(&record.pkcs8).ok_or_else(|| failed("the stored key is not base64url"))?;
        Ok(Self { pair: pair(&der)?, kid: record.kid.clone(), signs_at: record.signs_at() })
    }

    /// From when on it signs.
    pub(super) fn signs_at(&self) -> Timestamp {
        self.signs_at
    }

    /// Signs `claims` as a JWT in the compact form.
    pub(super) fn sign<T: Serialize>(&self, claims: &T) -> Result<String> {
        let header = json!({ "alg": Algorithm::Es256.name(), "kid": self.kid, "typ": "JWT" });
        let payload = serde_json::to_vec(claims).map_err(failed)?;
        let mut token = format!("{}.{}", encode(header.to_string()), encode(payload));
        let signature = self.pair.sign(&SystemRandom::new(), token.as_bytes()).map_err(failed)?;
        token.push('.');
        token.push_str(&encode(signature));
        Ok(token)
    }

    /// The public half as a JWK (RFC 7517).
    pub(super) fn jwk(&self) -> Value {
        let (x, y) = coordinates(&self.pair);
        json!({
            "alg": Algorithm::Es256.name(), "crv": "P-256", "kid": self.kid, "kty": "EC", "use": "sig", "x": x, "y": y,
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

fn pair(der: &[u8]) -> Result<EcdsaKeyPair> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new()).map_err(failed)
}

/// The name of a key by what it is (RFC 7638, section 3): no two keys share it, so no cache mistakes one for another.
fn thumbprint(pair: &EcdsaKeyPair) -> String {
    let (x, y) = coordinates(pair);
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    encode(ring::digest::digest(&ring::digest::SHA256, members.as_bytes()))
}

/// The two halves of the uncompressed point behind its first byte (SEC 1, section 2.3.3).
fn coordinates(pair: &EcdsaKeyPair) -> (String, String) {
    let point = pair.public_key().as_ref();
    let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
    (encode(x), encode(y))
}

/// The errors of the cryptography implement `Display` only.
fn failed(source: impl fmt::Display) -> Error {
    Error::new(Kind::Internal, "the signing key could not be used").with_source(source.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_368_000_000);
    const LIFE: Duration = Duration::from_hours(30 * 24);

    fn key(number: u32, signs_at: Timestamp) -> SigningRecord {
        let (kid, pkcs8) = (number.to_string(), String::new());
        SigningRecord { number, kid, pkcs8, created_at: signs_at, signs_at: Some(signs_at) }
    }

    fn hours(hours: u64) -> Timestamp {
        START + Duration::from_hours(hours)
    }

    fn due(keys: &[SigningRecord], now: Timestamp) -> (Option<u32>, Vec<u32>) {
        let Rotation { make, remove } = Rotation::due(keys, LIFE, now);
        (make, remove)
    }

    #[test]
    fn the_next_key_is_made_a_day_before_it_is_needed_and_once() {
        assert_eq!(due(&[], START), (Some(1), vec![]));
        let first = [key(1, START)];
        assert_eq!(due(&first, hours(29 * 24 - 1)), (None, vec![]));
        assert_eq!(due(&first, hours(29 * 24)), (Some(2), vec![]));
        let two = [key(1, START), key(2, hours(30 * 24))];
        assert_eq!(due(&two, hours(29 * 24 + 1)), (None, vec![]));
        assert_eq!(due(&[key(1, START)], hours(24 * 365)), (Some(2), vec![]));
    }

    #[test]
    fn the_last_key_is_removed_when_nothing_it_signed_is_valid() {
        let two = [key(1, START), key(2, hours(720))];
        assert_eq!(due(&two, hours(721)), (None, vec![]));
        assert_eq!(due(&two, hours(722)), (None, vec![1]));
        assert_eq!(due(&two[1..], hours(722)), (None, vec![]));
    }

    #[test]
    fn a_life_that_is_too_short_makes_no_crowd() {
        let waiting = [key(1, START), key(2, hours(24))];
        assert!(Rotation::due(&waiting, Duration::ZERO, hours(1)).is_nothing());
    }
}
