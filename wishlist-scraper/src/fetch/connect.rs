//! From judged addresses to a connection.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::failure::FetchFailure;

/// How many addresses of a name are tried.
const MAX_ATTEMPTS: usize = 6;

/// How long an attempt is alone before the next address is tried beside it (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Bytes in both directions.
pub trait Channel: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Channel for T {}

/// What opens connections: the only thing in the workspace that connects to what a user named.
///
/// It is given addresses, never names, and only such as were judged on the same hop.
#[async_trait]
pub trait Connect: Debug + Send + Sync {
    /// Opens a connection to `address` itself, by no proxy.
    ///
    /// # Errors
    /// Any, where the connection is refused.
    async fn connect(&self, address: SocketAddr) -> io::Result<Box<dyn Channel>>;
}

/// Connects by TCP.
#[derive(Clone, Copy, Debug, Default)]
pub struct TcpConnector;

#[async_trait]
impl Connect for TcpConnector {
    async fn connect(&self, address: SocketAddr) -> io::Result<Box<dyn Channel>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}

/// The first connection that any of `addresses` accepts, their families taking turns (RFC 8305 section 4).
pub(super) async fn connect_any(
    connector: &dyn Connect,
    addresses: &[SocketAddr],
) -> Result<Box<dyn Channel>, FetchFailure> {
    let mut untried = in_turns(addresses).into_iter().take(MAX_ATTEMPTS);
    let mut attempts = FuturesUnordered::new();
    loop {
        match untried.next() {
            Some(address) => attempts.push(connector.connect(address)),
            None if attempts.is_empty() => return Err(FetchFailure::Unreachable),
            None => {}
        }
        tokio::select! {
            attempt = attempts.next() => if let Some(Ok(channel)) = attempt {
                return Ok(channel);
            },
            () = sleep(HEAD_START), if untried.len() > 0 => {}
        }
    }
}

/// The addresses with the two families taking turns, that of the first one first.
fn in_turns(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let Some(first) = addresses.first() else {
        return Vec::new();
    };
    let (same, other): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().partition(|address| address.is_ipv4() == first.is_ipv4());
    let (mut same, mut other) = (same.into_iter(), other.into_iter());
    let turns = std::iter::from_fn(|| {
        let turn: Vec<_> = same.next().into_iter().chain(other.next()).collect();
        (!turn.is_empty()).then_some(turn)
    });
    turns.flatten().collect()
}
