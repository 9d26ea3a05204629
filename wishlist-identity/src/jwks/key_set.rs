//! The keys of one document.

use quick_cache::sync::Cache;
use ring::digest::{Context, SHA256};
use serde::Deserialize;
use serde_json::Value;

use crate::token::{Algorithm, Object, PublicKey};

/// The most bytes of a document. Cognito publishes two keys in 0.9 KB.
const MAX_BYTES: usize = 64 * 1024;
/// The most keys of a document.
const MAX_KEYS: usize = 100;

/// The signatures that are known to be good, at most: some 100 bytes each. A signed-in client sends one token for an hour,
/// and to check its signature anew takes as long as to list a page of items.
const MAX_VERIFIED: usize = 4096;

/// The keys of a document that may verify tokens of its issuer, and what they have verified: both are replaced together, so
/// that a key which was withdrawn takes what it signed along.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<(String, PublicKey)>,
    verified: Cache<[u8; 32], ()>,
}

/// RFC 7517, section 5; other members are left unread.
#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a document and leaves out what cannot verify a token of this issuer: other key types, other algorithms, other
    /// purposes, keys without an id. A document without any key that can is a fault of its publisher.
    pub(crate) fn parse(text: &str, algorithm: Algorithm) -> Result<Self, &'static str> {
        if text.len() > MAX_BYTES {
            return Err("the key set is larger than 64 KiB");
        }
        let document: Document = serde_json::from_str(text).map_err(|_| "the key set is not a JWK Set")?;
        if document.keys.len() > MAX_KEYS {
            return Err("the key set has more than 100 keys");
        }
        let read = |jwk: Value| -> Result<(String, PublicKey), &'static str> {
            let Value::Object(members) = jwk else { return Err("a key is not an object") };
            let jwk = Object::from(members);
            let id = jwk.text("kid").ok_or("a key has no `kid`")?.to_owned();
            Ok((id, PublicKey::from_jwk(&jwk, algorithm)?))
        };
        let usable = document.keys.into_iter().map(read).filter_map(|key| match key {
            Ok(key) => Some(key),
            Err(reason) => {
                tracing::debug!(reason, "a published key is left out");
                None
            }
        });
        let keys: Vec<_> = usable.collect();
        if keys.is_empty() {
            return Err("the key set has no key that can verify a token");
        }
        Ok(Self { keys, verified: Cache::new(MAX_VERIFIED) })
    }

    /// Whether there is a key of this id; ids are compared byte for byte (RFC 7517, section 4.5).
    pub(crate) fn has(&self, id: &str) -> bool {
        self.keys.iter().any(|(name, _)| name == id)
    }

    /// Whether a key of this id signed. Several may share an id: all are the issuer's, so any of them will do.
    pub(crate) fn verifies(&self, id: &str, signed: &[u8], signature: &[u8]) -> bool {
        let digest = digest(id, signed, signature);
        if self.verified.get(&digest).is_some() {
            return true;
        }
        let verifies = self.keys.iter().any(|(name, key)| name == id && key.verifies(signed, signature));
        if verifies {
            self.verified.insert(digest, ());
        }
        verifies
    }
}

/// What a signature is known again by: the lengths keep its parts apart.
fn digest(id: &str, signed: &[u8], signature: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in [id.as_bytes(), signed, signature] {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good() -> Value {
        let coordinate = crate::token::encode([7; 32]);
        json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": coordinate, "y": coordinate })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut key = good();
        key[name] = value;
        key
    }

    fn reads(keys: &[Value]) -> bool {
        KeySet::parse(&json!({ "keys": keys }).to_string(), Algorithm::Es256).is_ok()
    }

    #[test]
    fn a_key_that_fits_is_used() {
        for key in [
            good(),
            with("use", json!("sig")),
            with("alg", json!("ES256")),
            with("key_ops", json!(["verify", "sign"])),
            with("x5u", json!("https://elsewhere.example/")),
        ] {
            assert!(reads(std::slice::from_ref(&key)), "{key}");
        }
    }

    #[test]
    fn a_key_that_does_not_fit_is_left_out_and_the_others_stay() {
        for key in [
            with("use", json!("enc")),
            with("use", json!(null)),
            with("alg", json!("ES384")),
            with("alg", json!("RS256")),
            with("key_ops", json!(["sign"])),
            with("key_ops", json!("verify")),
            with("kty", json!("oct")),
            with("kty", json!("RSA")),
            with("crv", json!("P-384")),
            with("kid", json!(7)),
            with("x", json!("")),
            with("y", json!("AAAA=")),
            with("d", json!("AAAA")),
            json!("text"),
        ] {
            assert!(!reads(std::slice::from_ref(&key)), "{key}");
            assert!(reads(&[key, good()]));
        }
    }

    #[test]
    fn an_rsa_key_that_signs_nothing_is_left_out() {
        let reads = |n: &[u8], e: &[u8]| {
            let key = json!({ "kty": "RSA", "kid": "k", "n": crate::token::encode(n), "e": crate::token::encode(e) });
            KeySet::parse(&json!({ "keys": [key] }).to_string(), Algorithm::Rs256).is_ok()
        };
        let (good, even) = ([0xff; 256], [0xfe; 256]);
        assert!(reads(&good, &[1, 0, 1]));
        assert!(reads(&good, &[3]));
        assert!(reads(&[0xff; 1024], &[1, 0, 0, 1]), "the largest");
        assert!(!reads(&even, &[1, 0, 1]), "an even modulus");
        assert!(!reads(&good[..128], &[1, 0, 1]), "1,024 bits");
        assert!(!reads(&[&[0], &good[..]].concat(), &[1, 0, 1]), "a leading zero");
        assert!(!reads(&[0xff; 1025], &[1, 0, 1]), "8,200 bits");
        for exponent in [&[1][..], &[2], &[0, 3], &[], &[1, 0, 0, 0, 1]] {
            assert!(!reads(&good, exponent), "{exponent:?}");
        }
    }

    #[test]
    fn parts_that_join_to_the_same_bytes_are_known_apart() {
        let rows =
            [digest("k", b"ab", b"c"), digest("k", b"a", b"bc"), digest("ka", b"b", b"c"), digest("", b"kab", b"c")];
        let distinct: std::collections::HashSet<_> = rows.into_iter().collect();
        assert_eq!(distinct.len(), 4);
    }

    #[test]
    fn a_document_may_be_as_large_as_its_limits() {
        assert!(reads(&vec![good(); MAX_KEYS]));
        let one = json!({ "keys": [good()] }).to_string();
        let padded = format!("{one}{}", " ".repeat(MAX_BYTES - one.len()));
        assert!(KeySet::parse(&padded, Algorithm::Es256).is_ok());
        assert!(KeySet::parse(&format!("{padded} "), Algorithm::Es256).is_err());
    }

    #[test]
    fn a_document_that_is_none_is_refused() {
        let large = json!({ "keys": [with("x5c", json!("A".repeat(MAX_BYTES)))] }).to_string();
        let many = json!({ "keys": vec![good(); MAX_KEYS + 1] }).to_string();
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#, "<html>", &large, &many] {
            assert!(KeySet::parse(text, Algorithm::Es256).is_err());
        }
    }
}
