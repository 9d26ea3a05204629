//! One token, looked at from the outside in: its three parts, its header, its signature, its claims.
//!
//! Pure: no clock, no network. Which keys an issuer has is known in `jwks`, and the order of the checks in `verifier`.

mod base64url;
mod claims;
mod compact;
mod header;
mod key;
mod object;
mod signature;

pub(crate) use base64url::{decode, encode};
pub(crate) use claims::{Expected, check_claims};
pub(crate) use compact::Compact;
pub(crate) use header::Header;
pub use key::Algorithm;
pub(crate) use key::PublicKey;
pub(crate) use object::Object;
pub use signature::check_signature;
