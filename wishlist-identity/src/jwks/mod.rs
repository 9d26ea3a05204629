//! The keys of an issuer: where they come from, and how they are kept between tokens.

mod cache;
#[cfg(feature = "http-keys")]
mod http;
mod in_time;
mod key_set;
#[cfg(test)]
mod schedules;
mod source;

pub(crate) use cache::Jwks;
#[cfg(feature = "http-keys")]
pub use http::HttpJwks;
pub(crate) use key_set::KeySet;
pub use source::{FixedJwks, JwksSource};
