//! The keys of an issuer: where they come from, and how they are kept between tokens.

mod cache;
#[cfg(feature = "cognito")]
mod http;
mod key_set;
mod source;

pub(crate) use cache::Jwks;
#[cfg(feature = "cognito")]
pub use http::HttpJwks;
pub(crate) use key_set::KeySet;
pub use source::{FixedJwks, JwksSource};
