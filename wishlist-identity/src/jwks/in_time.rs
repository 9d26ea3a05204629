//! The end of a fetch, whatever the issuer does.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;
use wishlist_core::error::{Error, Kind, Result};

use super::JwksSource;

/// How long a fetch may take, so that a token is answered within three seconds.
pub(super) const FETCH_TIME: Duration = Duration::from_millis(2500);

/// A source that is given up on in time. It stands apart from the cache because it alone needs a timer: who fetches,
/// and who waits for whom, is tried under every order of events without one.
#[derive(Debug)]
pub(super) struct InTime(pub(super) Arc<dyn JwksSource>);

#[async_trait]
impl JwksSource for InTime {
    async fn fetch(&self) -> Result<String> {
        let late = |_| Err(Error::new(Kind::Unavailable, "the issuer did not answer in time"));
        timeout(FETCH_TIME, self.0.fetch()).await.unwrap_or_else(late)
    }
}
