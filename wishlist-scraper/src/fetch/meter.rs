//! A connection that ends when more was read from it than is allowed.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connect::Channel;

/// How many bytes may still be read from a [`Metered`] channel; a clone is the same allowance.
#[derive(Clone, Debug)]
pub(super) struct Allowance(Arc<AtomicUsize>);

impl Allowance {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// Starts anew with `bytes`.
    pub(super) fn set(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    fn left(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn spend(&self, bytes: usize) {
        let left = self.left().saturating_sub(bytes);
        self.0.store(left, Ordering::Relaxed);
    }
}

/// A channel whose reads fail with [`io::ErrorKind::FileTooLarge`] once the allowance is spent.
///
/// The limits of an HTTP parser hold for its buffer and for one message; interim answers and the framing of chunks are
/// outside of them.
pub(super) struct Metered {
    channel: Box<dyn Channel>,
    allowance: Allowance,
}

impl Metered {
    pub(super) fn new(channel: Box<dyn Channel>, allowance: Allowance) -> Self {
        Self { channel, allowance }
    }
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let room = self.allowance.left().min(buffer.remaining());
        if room == 0 && buffer.remaining() > 0 {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
        let outcome = Pin::new(&mut self.channel).poll_read(cx, &mut part);
        let read = part.filled().len();
        buffer.advance(read);
        self.allowance.spend(read);
        outcome
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.channel).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.channel).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.channel).poll_shutdown(cx)
    }
}
