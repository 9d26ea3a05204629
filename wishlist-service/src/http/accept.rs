//! The accept loop.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Limits;
use super::connection::connection;

/// How long accepting rests when there are no file descriptors: some connection ends meanwhile.
const REST: Duration = Duration::from_secs(1);

/// Answers requests until `stop`; then closes idle connections at once and returns when all requests under way are
/// answered. Dropped, it cuts them off.
pub(crate) async fn serve(listener: TcpListener, service: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let (stopping, mut connections) = (GracefulShutdown::new(), JoinSet::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            // The slot comes first: a connection that has to wait does so in the listener's queue.
            let slot = Arc::clone(&slots).acquire_owned().await.ok();
            (slot, accept(&listener).await)
        };
        let (slot, (stream, peer)) = tokio::select! {
            () = &mut stop => break,
            // Those that have ended are let go of; the result says nothing that was not logged.
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            next = next => next,
        };
        let connection = stopping.watch(connection(stream, peer, service.clone(), limits));
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection was given up");
            }
            drop(slot);
        });
    }
    drop(listener);
    stopping.shutdown().await;
}

/// The next connection, whatever goes wrong with others.
async fn accept(listener: &TcpListener) -> (TcpStream, std::net::SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // An answer is written whole: waiting for more would only delay it. Where it cannot be set, it is slower.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted for now");
                tokio::time::sleep(REST).await;
            }
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
