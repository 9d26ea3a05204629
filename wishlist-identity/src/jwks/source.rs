//! Where an issuer publishes its keys.

use std::fmt::Debug;

use async_trait::async_trait;
use wishlist_core::error::Result;

/// Reads an issuer's JWK Set (RFC 7517, section 5). Called at most once in ten seconds, one call at a time.
///
/// An implementation over HTTP follows no redirect, reads a bounded body and sends the address of its own configuration
/// only: nothing in a token chooses where keys come from. It need not bound its time; the caller gives up on it.
#[async_trait]
pub trait JwksSource: Send + Sync + Debug {
    /// The text of the set.
    ///
    /// # Errors
    /// Any; the last good keys stay in use.
    async fn fetch(&self) -> Result<String>;
}

/// A set that never changes, as text.
#[derive(Clone, Debug)]
pub struct FixedJwks(pub String);

#[async_trait]
impl JwksSource for FixedJwks {
    async fn fetch(&self) -> Result<String> {
        Ok(self.0.clone())
    }
}
