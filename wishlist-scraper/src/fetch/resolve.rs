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
    /// [`io::ErrorKind::NotFound`] where the name has no address, as has an empty answer; any other error where nobody
    /// could tell.
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
        let answers = tokio::net::lookup_host((name, 0)).await.map_err(told_apart)?;
        Ok(answers.map(|answer| answer.ip()).collect())
    }
}

/// `error` as one of [`io::ErrorKind::NotFound`], unless the name may have an address once a name server answers.
///
/// The standard library keeps of `getaddrinfo`'s codes only the text: `EAI_AGAIN` is the first phrase in glibc and macOS
/// and the second in musl; `EAI_SYSTEM` is an error of the system with its number.
fn told_apart(error: io::Error) -> io::Error {
    let text = error.to_string();
    let passing = error.raw_os_error().is_some() || text.contains("Temporary failure") || text.contains("Try again");
    if passing { error } else { io::ErrorKind::NotFound.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_that_does_not_answer_is_not_a_name_without_an_address() {
        let prefix = "failed to lookup address information";
        let rows = [
            ("Name or service not known", true),
            ("No address associated with hostname", true),
            ("nodename nor servname provided, or not known", true),
            ("Name does not resolve", true),
            ("Temporary failure in name resolution", false),
            ("Try again", false),
        ];
        for (detail, expected) in rows {
            let error = told_apart(io::Error::other(format!("{prefix}: {detail}")));
            assert_eq!(error.kind() == io::ErrorKind::NotFound, expected, "{detail}");
        }
        let error = told_apart(io::Error::from_raw_os_error(24));
        assert_ne!(error.kind(), io::ErrorKind::NotFound);
    }
}
