//! The signature check alone, as test vectors ask for it.

use super::{Algorithm, Compact, Header, Object, PublicKey};
use crate::rejection::Rejection;

/// Checks the signature of `jws` (RFC 7515, compact) by the key `jwk` (RFC 7517), and nothing else.
///
/// Neither who issued it, nor when, nor what it says. To accept a caller, use [`Verifier`](crate::Verifier).
///
/// # Errors
/// The [`Rejection`] of the first check that fails: parts, header, `alg` against `algorithm`, fitness of the key, signature.
pub fn check_signature(jws: &str, jwk: &str, algorithm: Algorithm) -> Result<(), Rejection> {
    let compact = Compact::split(jws)?;
    Header::read(&compact.header, algorithm)?;
    let jwk = Object::parse(jwk.as_bytes()).ok_or(Rejection::UnknownKey)?;
    let key = PublicKey::from_jwk(&jwk, algorithm).map_err(|_| Rejection::UnknownKey)?;
    if key.verifies(compact.signed, &compact.signature) { Ok(()) } else { Err(Rejection::Signature) }
}
