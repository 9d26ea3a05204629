//! The accept loop.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Limits;
use super::connection::connection;
use super::crowd::{Crowd, Place};

/// How often it is told that nothing can be accepted.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Answers requests until `stop`; then closes idle connections at once and returns when all requests under way are
/// answered. Dropped, it cuts them off. `cramped` is told where somebody waits for a place and calls that are being answered take
/// nearly all of them.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Router,
    limits: Limits,
    cramped: Arc<Notify>,
    stop: impl Future<Output = ()>,
) {
    let door = Door { listener, crowd: Crowd::new(limits.connections, limits.grace, cramped), told: Mutex::default() };
    let (stopping, mut connections) = (GracefulShutdown::new(), JoinSet::new());
    let mut stop = std::pin::pin!(stop);
    {
        // It goes on where it was when something else came first: a connection that is accepted and has no place yet is kept.
        let mut next = std::pin::pin!(door.next());
        loop {
            let (place, stream, peer) = tokio::select! {
                () = &mut stop => break,
                // Those that have ended are let go of; the result says nothing that was not logged.
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                entered = &mut next => entered,
            };
            next.set(door.next());
            let connection = stopping.watch(connection(stream, peer, service.clone(), limits, &place));
            connections.spawn(async move {
                match place.hold(connection).await {
                    Some(Ok(())) => {}
                    Some(Err(error)) => tracing::debug!(%error, "a connection was given up"),
                    None => tracing::debug!("a connection was given up for another"),
                }
            });
        }
    }
    drop(door);
    stopping.shutdown().await;
}

/// Where connections come in.
struct Door {
    listener: TcpListener,
    crowd: Arc<Crowd>,
    /// When it was last told that nothing can be accepted.
    told: Mutex<Option<Instant>>,
}

impl Door {
    /// The next connection, with its place. Only one waits for a place at a time; more do so in the listener's queue, where they
    /// cost the process nothing.
    async fn next(&self) -> (Arc<Place>, TcpStream, SocketAddr) {
        let (stream, peer) = self.accept().await;
        (Arc::new(self.crowd.enter(peer.ip()).await), stream, peer)
    }

    /// The next connection, whatever goes wrong with others.
    async fn accept(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // An answer is written whole: waiting for more would only delay it. Where it cannot be set, it is slower.
                    let _ = stream.set_nodelay(true);
                    return (stream, peer);
                }
                Err(error) if is_of_one_connection(&error) => {}
                // There are no file descriptors. Connections that say nothing have some, and would keep all others out for as long as
                // they like.
                Err(error) => {
                    self.tell(&error);
                    tokio::time::sleep(self.crowd.make_room()).await;
                }
            }
        }
    }

    fn tell(&self, error: &io::Error) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
            *told = Some(Instant::now());
            tracing::error!(causes = %error, "no connection can be accepted for now");
        }
    }
}

/// Whether the error is of a connection that ended before it was accepted (accept(2)).
fn is_of_one_connection(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepting_rests_only_where_the_next_connection_would_fail_too() {
        for (error, expected) in [
            (libc::ECONNABORTED, true),
            (libc::ECONNRESET, true),
            (libc::EMFILE, false),
            (libc::ENFILE, false),
            (libc::ENOBUFS, false),
        ] {
            assert_eq!(is_of_one_connection(&io::Error::from_raw_os_error(error)), expected, "{error}");
        }
    }
}
