//! Bodies that take too long.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::Limits;
use super::turn::Turn;

/// A body that fails with [`ErrorKind::TimedOut`] when it is late: it has a time of its own and more for what has arrived, so
/// that a long body over a slow line is taken and one that drips is not. No time between two frames is bounded: a body of
/// one byte a second would never be late.
pub(super) struct InTime<B> {
    body: B,
    within: Duration,
    rate: u32,
    turn: Turn,
    received: u64,
    /// From the first read on: before it the client may be waiting for `100 Continue`.
    began: Option<Instant>,
    /// Set up when the body has to be waited for.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> InTime<B> {
    /// The body, within the limits, of a connection that says whose turn it is.
    pub(super) fn new(body: B, limits: &Limits, turn: Turn) -> Self {
        let Limits { body_within: within, body_rate: rate, .. } = *limits;
        Self { body, within, rate, turn, received: 0, began: None, timer: None }
    }

    fn poll_late(&mut self, cx: &mut Context<'_>, began: Instant) -> Poll<()> {
        let deadline = began + self.within + Duration::from_secs(self.received / u64::from(self.rate.max(1)));
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for InTime<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let began = *self.began.get_or_insert_with(Instant::now);
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                self.turn.is_ours();
                if let Some(Ok(frame)) = &frame {
                    self.received += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                self.turn.is_the_peers(began);
                self.poll_late(cx, began).map(|()| {
                    Some(Err(io::Error::new(ErrorKind::TimedOut, "the body of a request took too long").into()))
                })
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    /// A body of so many pieces of a KiB, one each second.
    fn dripping(pieces: usize) -> impl Body<Data = Bytes, Error = BoxError> + Unpin {
        let pieces = futures_util::stream::unfold(0, move |sent| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let frame = Ok::<_, BoxError>(Frame::data(Bytes::from_static(&[b' '; 1024])));
            (sent < pieces).then_some((frame, sent + 1))
        });
        StreamBody::new(Box::pin(pieces))
    }

    async fn read(pieces: usize, body_rate: u32) -> Result<(usize, Duration), Duration> {
        let began = Instant::now();
        let limits = Limits { body_within: Duration::from_millis(10_500), body_rate, ..Limits::default() };
        match InTime::new(dripping(pieces), &limits, Turn::of_a_peer()).collect().await {
            Ok(body) => Ok((body.to_bytes().len(), began.elapsed())),
            Err(error) => {
                assert_eq!(error.downcast::<io::Error>().unwrap().kind(), ErrorKind::TimedOut);
                Err(began.elapsed())
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_is_given_up_however_long_it_goes_on() {
        assert_eq!(read(9, u32::MAX).await.unwrap().0, 9 * 1024);
        assert_eq!(read(11, u32::MAX).await.unwrap_err().as_secs(), 10);
        assert_eq!(read(10_000, 10 * 1024).await.unwrap_err().as_secs(), 11);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_at_the_rate_may_take_as_long_as_it_is() {
        let (bytes, took) = read(600, 1024).await.unwrap();
        assert_eq!(bytes, 600 * 1024);
        assert!(took >= Duration::from_mins(10));
    }
}
