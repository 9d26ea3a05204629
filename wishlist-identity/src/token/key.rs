//! A public key of an issuer, and whether it may verify.

use std::fmt;

use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use super::{Object, base64url};

/// The bytes of a 2,048-bit modulus, the least that RFC 7518, section 3.3, allows.
const MIN_MODULUS_BYTES: usize = 256;
/// The bytes of an 8,192-bit modulus, the most that the signature check takes.
const MAX_MODULUS_BYTES: usize = 1024;
/// The bytes of a coordinate on P-256 (RFC 7518, section 6.2.1.2).
const COORDINATE_BYTES: usize = 32;

/// How an issuer signs. Each has exactly one: a token never chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA with PKCS #1 v1.5 padding and SHA-256: Cognito's.
    Rs256,
    /// ECDSA on P-256 with SHA-256: the local provider's.
    Es256,
}

impl Algorithm {
    /// The name in a header's `alg` (RFC 7518, section 3.1).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// A key that may verify signatures of its one algorithm.
#[derive(PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// For [`Algorithm::Rs256`]: modulus and exponent, big-endian.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// For [`Algorithm::Es256`]: the uncompressed point (SEC 1, section 2.3.3).
    P256(Vec<u8>),
}

impl PublicKey {
    /// The key of a JWK, if it may verify signatures of `algorithm`; else why not, for a log line.
    pub(crate) fn from_jwk(jwk: &Object, algorithm: Algorithm) -> Result<Self, &'static str> {
        check_purpose(jwk, algorithm)?;
        match (algorithm, jwk.text("kty")) {
            (Algorithm::Rs256, Some("RSA")) => rsa(jwk),
            (Algorithm::Es256, Some("EC")) => p256(jwk),
            _ => Err("`kty` is not the algorithm's"),
        }
    }

    /// Whether `signature` over `signed` is by this key.
    pub(crate) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
            }
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).is_ok()
            }
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa { .. } => "PublicKey::Rsa",
            Self::P256(_) => "PublicKey::P256",
        })
    }
}

/// RFC 7517, sections 4.2 to 4.4: what the key is meant for, where it says so.
fn check_purpose(jwk: &Object, algorithm: Algorithm) -> Result<(), &'static str> {
    if jwk.get("use").is_some_and(|purpose| purpose != "sig") {
        return Err("`use` is not `sig`");
    }
    let may_verify = |ops: &Value| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify"));
    if !jwk.get("key_ops").is_none_or(may_verify) {
        return Err("`key_ops` is without `verify`");
    }
    if jwk.get("alg").is_some_and(|alg| alg != algorithm.name()) {
        return Err("`alg` is not the issuer's algorithm");
    }
    // Whoever reads the set could sign with such a key (RFC 7517, section 9.2).
    if jwk.get("d").is_some() {
        return Err("a private key was published");
    }
    Ok(())
}

/// RFC 7518, section 6.3.1. An even modulus, or an exponent of 1, would let anybody write the signature.
fn rsa(jwk: &Object) -> Result<PublicKey, &'static str> {
    let (n, e) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let minimal = |number: &[u8]| number.first().is_some_and(|byte| *byte != 0);
    if !(MIN_MODULUS_BYTES..=MAX_MODULUS_BYTES).contains(&n.len()) || !odd(&n) || !minimal(&n) {
        return Err("`n` is not an odd number of 2,048 to 8,192 bits");
    }
    if e.len() > 4 || !odd(&e) || !minimal(&e) || e == [1] {
        return Err("`e` is not an odd number of 3 to 2^32 - 1");
    }
    Ok(PublicKey::Rsa { n, e })
}

/// RFC 7518, section 6.2.1. Whether the point is on the curve is checked with each signature.
fn p256(jwk: &Object) -> Result<PublicKey, &'static str> {
    if jwk.text("crv") != Some("P-256") {
        return Err("`crv` is not `P-256`");
    }
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    if x.len() != COORDINATE_BYTES || y.len() != COORDINATE_BYTES {
        return Err("a coordinate has not 32 bytes");
    }
    Ok(PublicKey::P256([&[4], x.as_slice(), y.as_slice()].concat()))
}

fn bytes(jwk: &Object, name: &str) -> Result<Vec<u8>, &'static str> {
    jwk.text(name).and_then(base64url::decode).ok_or("a number is not base64url")
}
