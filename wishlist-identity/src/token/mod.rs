//! One token, looked at from the outside in: its three parts, its header, its signature, its claims.
//!
//! Pure: no clock, no network. Which keys an issuer has is known in `jwks`, and the order of the checks in `verifier`.

mod base64url;
mod claims;
mod compact;
mod header;
mod key;
mod object;

pub(crate) use base64url::{decode, encode};
pub(crate) use claims::{Expected, check_claims};
pub(crate) use compact::Compact;
pub(crate) use header::Header;
pub use key::Algorithm;
pub(crate) use key::PublicKey;
pub(crate) use object::Object;

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
