//! One connection: HTTP/1.1 over a stream that is given up where the other side takes too long.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use futures_util::future::BoxFuture;
use http_body::{Frame, SizeHint};
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::Limits;
use super::body::InTime;
use super::crowd::Place;
use super::head::{HeadInTime, Requests, UnderWay};

/// A connection to be driven to its end.
pub(super) type Connection = http1::Connection<TokioIo<HeadInTime<Pin<Box<TimeoutStream<TcpStream>>>>>, Answers>;

/// The connection of one stream, which says whose turn it is.
pub(super) fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    service: Router,
    limits: Limits,
    place: &Arc<Place>,
) -> Connection {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.unread));
    let requests = Requests::of(place.turn().clone());
    let stream = HeadInTime::new(Box::pin(stream), limits.head_within, requests.clone());
    http1::Builder::new()
        .timer(TokioTimer::new())
        // hyper counts from the end of the answer before, so this is the time for being idle and the head together.
        .header_read_timeout(limits.idle)
        .max_header_size(limits.head_bytes)
        .serve_connection(TokioIo::new(stream), Answers { service, peer, limits, requests, place: Arc::clone(place) })
}

/// The service of one connection.
pub(super) struct Answers {
    service: Router,
    peer: SocketAddr,
    limits: Limits,
    requests: Requests,
    place: Arc<Place>,
}

impl hyper::service::Service<Request<Incoming>> for Answers {
    type Response = hyper::Response<Answer>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let under_way = self.requests.start();
        let mut request = request.map(|body| Body::new(InTime::new(body, &self.limits, self.requests.turn().clone())));
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let (service, place) = (self.service.clone(), Arc::clone(&self.place));
        Box::pin(async move {
            let Ok(mut response) = service.oneshot(request).await;
            if place.is_wanted() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response.map(|body| Answer { body, _under_way: under_way }))
        })
    }
}

/// The body of an answer; its request is under way until it is written.
pub(super) struct Answer {
    body: Body,
    _under_way: UnderWay,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
