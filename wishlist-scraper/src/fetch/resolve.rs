//! From a name to its addresses.

use std::fmt::Debug;
use std::io;
use std::net::IpAddr;

use async_trait::async_trait;

/// Where the addresses of a name come from.
///
/// A fetcher asks once for every hop, and judges all that is answered.
#[async_trait]
pub trait Resolve: Debug + Send + Sync {
    /// All addresses of `name`, which ends in a dot where the search list of the network must not be applied.
    ///
    /// # Errors
    /// Any, where there is no answer; an empty answer means the same.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the operating system.
///
/// A question that a fetch has given up keeps a thread of tokio's blocking pool until the system's own timeout.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        // The port is not used, but the system asks for one.
        let answers = tokio::net::lookup_host((name, 0)).await?;
        Ok(answers.map(|answer| answer.ip()).collect())
    }
}
