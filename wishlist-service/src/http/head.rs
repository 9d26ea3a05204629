//! Heads that take too long.
//!
//! hyper has one timer for a head and for the pause before it. Whoever sends a head byte by byte is to be given up long
//! before a client that keeps a connection for its next request.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::turn::Turn;

/// The requests of a connection, as far as they are known: those whose head has arrived, and those of them whose answer is
/// written.
#[derive(Clone, Debug)]
pub(super) struct Requests(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    begun: AtomicUsize,
    answered: AtomicUsize,
    turn: Turn,
}

impl Requests {
    /// None so far, of the connection with this turn.
    pub(super) fn of(turn: Turn) -> Self {
        Self(Arc::new(Counted { begun: AtomicUsize::new(0), answered: AtomicUsize::new(0), turn }))
    }

    /// A request's head has arrived. It is under way for as long as the value lives.
    pub(super) fn start(&self) -> UnderWay {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        self.0.turn.is_ours();
        UnderWay(Arc::clone(&self.0))
    }

    /// Whose turn the connection is.
    pub(super) fn turn(&self) -> &Turn {
        &self.0.turn
    }

    fn begun(&self) -> usize {
        self.0.begun.load(Ordering::Relaxed)
    }

    fn are_answered(&self) -> bool {
        self.0.are_answered()
    }
}

impl Counted {
    fn are_answered(&self) -> bool {
        self.begun.load(Ordering::Relaxed) == self.answered.load(Ordering::Relaxed)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Counted>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
        if self.0.are_answered() {
            self.0.turn.is_the_peers(Instant::now());
        }
    }
}

/// A stream whose reads fail when a head that has begun does not end in time.
pub(super) struct HeadInTime<S> {
    stream: S,
    within: Duration,
    requests: Requests,
    /// When the head that is arriving began; that of the first request, with the connection.
    began: Option<Instant>,
    /// The requests that had begun at the last read.
    begun: usize,
    /// Set up when a head first arrives in more than one piece, which most never do.
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the peer is to read before more can be written.
    is_unread: bool,
}

impl<S> HeadInTime<S> {
    /// The stream, of which `requests` says when a head has ended.
    pub(super) fn new(stream: S, within: Duration, requests: Requests) -> Self {
        Self { stream, within, requests, began: Some(Instant::now()), begun: 0, timer: None, is_unread: false }
    }

    /// Ready when the head that is arriving is late.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(began) = self.began else { return Poll::Pending };
        let deadline = began + self.within;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }

    /// Says whose turn it is after a write.
    fn written<T>(&mut self, outcome: Poll<T>) -> Poll<T> {
        let (turn, was_unread) = (self.requests.turn(), self.is_unread);
        self.is_unread = outcome.is_pending();
        if self.is_unread {
            turn.is_the_peers(Instant::now());
        } else if was_unread && !self.requests.are_answered() {
            turn.is_ours();
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadInTime<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let begun = self.requests.begun();
        if begun != self.begun {
            (self.begun, self.began) = (begun, None);
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer)?;
        if read.is_ready() {
            if buffer.filled().len() > before && self.requests.are_answered() {
                self.began.get_or_insert_with(Instant::now);
            }
            return Poll::Ready(Ok(()));
        }
        self.poll_late(cx).map(|()| Err(io::Error::new(ErrorKind::TimedOut, "the head of a request took too long")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadInTime<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.written(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
