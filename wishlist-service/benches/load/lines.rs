//! Connections that calls are made over: as few and as cheap as can be, so that it is the server that is busy.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::RETRY_AFTER;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::tally::Outcome;

/// A call that is not answered by then is lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// New connections that a call is made over at most.
const AGAIN: usize = 3;

type Line = SendRequest<Full<Bytes>>;

/// Connections to one server. One that is idle is used again, the last one first.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    server: SocketAddr,
    idle: Arc<Mutex<Vec<Line>>>,
    /// New connections that were closed before a byte of an answer.
    closed: Arc<AtomicUsize>,
}

impl Lines {
    pub(crate) fn to(server: &str) -> Result<Self> {
        Ok(Self { server: server.parse()?, idle: Arc::default(), closed: Arc::default() })
    }

    /// How many new connections were closed before a byte of an answer, so far.
    pub(crate) fn closed(&self) -> usize {
        self.closed.load(Ordering::Relaxed)
    }

    /// Makes a call. On a connection that the server closes before an answer it is made again, as clients do (RFC 9112, section 9.3.1):
    /// one that was idle, or a new one whose first byte took this process, which is as busy as the server, until others wanted its place.
    /// Those are counted: outside of overload there is to be none.
    pub(crate) async fn call(&self, request: &Request<Full<Bytes>>) -> Outcome {
        match timeout(PATIENCE, self.answer(request)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Outcome::Lost(format!("{error:#}")),
            Err(_) => Outcome::Lost(format!("no answer within {PATIENCE:?}")),
        }
    }

    async fn answer(&self, request: &Request<Full<Bytes>>) -> Result<Outcome> {
        while let Some(line) = self.take() {
            match self.over(line, request).await {
                Err(error) if is_of_a_closed_line(&error) => {}
                answered => return answered,
            }
        }
        for _ in 0..AGAIN {
            let line = self.connect().await.context("no connection")?;
            match self.over(line, request).await {
                Err(error) if is_of_a_closed_line(&error) => self.closed.fetch_add(1, Ordering::Relaxed),
                answered => return answered,
            };
        }
        Err(anyhow!("{AGAIN} new connections were closed"))
    }

    async fn over(&self, mut line: Line, request: &Request<Full<Bytes>>) -> Result<Outcome> {
        line.ready().await?;
        let response = line.send_request(request.clone()).await?;
        let (parts, body) = response.into_parts();
        // An answer that breaks off was begun: it is not asked for again.
        body.collect().await.map_err(|error| anyhow!("the answer broke off: {error}"))?;
        self.put_back(line);
        Ok(match parts.status {
            status if status.is_success() => Outcome::Answered,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                let wait = parts.headers.get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
                match wait {
                    Some(seconds) => Outcome::Refused(Duration::from_secs(seconds)),
                    None => Outcome::Lost(format!("{} without `Retry-After`", parts.status)),
                }
            }
            status => Outcome::Lost(status.to_string()),
        })
    }

    async fn connect(&self) -> Result<Line> {
        let stream = TcpStream::connect(self.server).await?;
        stream.set_nodelay(true)?;
        let (line, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the line, or with the server, which the next call over it meets.
        tokio::spawn(connection);
        Ok(line)
    }

    fn take(&self) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find(|line| !line.is_closed())
    }

    fn put_back(&self, line: Line) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Whether nothing of an answer came since the connection was closed before.
fn is_of_a_closed_line(error: &anyhow::Error) -> bool {
    let Some(error) = error.downcast_ref::<hyper::Error>() else { return false };
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    let is_reset = source
        .is_some_and(|source| matches!(source.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe));
    error.is_closed() || error.is_canceled() || error.is_incomplete_message() || is_reset
}

/// The address of a server that has to be one.
pub(crate) fn address(server: &str) -> Result<SocketAddr> {
    server.parse().map_err(|_| anyhow!("`{server}` is no address"))
}
