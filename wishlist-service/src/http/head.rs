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

/// The requests of a connection, as far as they are known: those whose head has arrived, and those of them whose answer is
/// written.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    begun: AtomicUsize,
    answered: AtomicUsize,
}

impl Requests {
    /// A request's head has arrived. It is under way for as long as the value lives.
    pub(super) fn start(&self) -> UnderWay {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(&self.0))
    }

    fn begun(&self) -> usize {
        self.0.begun.load(Ordering::Relaxed)
    }

    fn are_answered(&self) -> bool {
        self.begun() == self.0.answered.load(Ordering::Relaxed)
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Counted>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
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
}

impl<S> HeadInTime<S> {
    /// The stream, of which `requests` says when a head has ended.
    pub(super) fn new(stream: S, within: Duration, requests: Requests) -> Self {
        Self { stream, within, requests, began: Some(Instant::now()), begun: 0, timer: None }
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
        Pin::new(&mut self.stream).poll_write(cx, bytes)
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
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
