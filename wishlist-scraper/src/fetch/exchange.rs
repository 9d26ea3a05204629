//! One request and its answer over one connection, by HTTP/1.1.

use std::error::Error as _;
use std::io;
use std::pin::pin;

use http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONNECTION, CONTENT_LENGTH, HOST, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use url::{Position, Url};

use super::body::{self, Decoder};
use super::connect::Channel;
use super::failure::FetchFailure;
use super::media_type;
use super::meter::{Allowance, Metered};

/// What is asked for: the media types that are read.
const ACCEPTED: &str = "text/html, application/xhtml+xml, application/ld+json;q=0.8";

/// English where a shop has several languages, so that one page reads the same for everybody.
const LANGUAGES: &str = "en, *;q=0.5";

/// How many bytes of the wire a byte of the body may cost: the framing of chunks is not part of the decoded body.
const FRAMING: usize = 2;

/// The limits of one exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) max_headers: usize,
    pub(super) max_body: usize,
}

/// The head of an answer and, unless it is a redirect, its decoded body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Asks for `url` over `channel` and reads the answer.
///
/// Nothing outlives the future: dropping it closes the connection.
pub(super) async fn exchange(
    channel: Box<dyn Channel>,
    url: &Url,
    user_agent: &HeaderValue,
    limits: Limits,
) -> Result<Answer, FetchFailure> {
    let request = request_for(url, user_agent)?;
    let allowance = Allowance::new(limits.max_headers);
    let io = TokioIo::new(Metered::new(channel, allowance.clone()));
    let (mut sender, connection) = http1::Builder::new()
        // The allowance is what limits a head; this is the memory for what was read and not yet parsed.
        .max_buf_size(limits.max_headers)
        .handshake(io)
        .await
        .map_err(|error| failure_of(&error))?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| failure_of(&error))?;
        allowance.set(limits.max_body.saturating_mul(FRAMING).saturating_add(limits.max_headers));
        read(response, limits.max_body).await
    };
    let (mut answer, connection) = (pin!(answer), pin!(connection));
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        // The connection may end while parts of the answer still wait to be taken.
        _ = connection => answer.await,
    }
}

/// The request: these headers and no others, so that nothing of the caller or of this machine leaves with it.
fn request_for(url: &Url, user_agent: &HeaderValue) -> Result<Request<Empty<Bytes>>, FetchFailure> {
    Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(USER_AGENT, user_agent)
        .header(ACCEPT, ACCEPTED)
        .header(ACCEPT_LANGUAGE, LANGUAGES)
        .header(ACCEPT_ENCODING, body::ACCEPT_ENCODING)
        .header(CONNECTION, "close")
        .body(Empty::new())
        .map_err(|_| FetchFailure::Forbidden)
}

/// Reads what is worth reading of `response`: not the body of a redirect, nor one that is not a page.
async fn read(response: Response<Incoming>, max_body: usize) -> Result<Answer, FetchFailure> {
    let (head, body) = response.into_parts();
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(FetchFailure::BadResponse);
    }
    let body = if head.status.is_redirection() || body.is_end_stream() {
        Vec::new()
    } else if media_type::is_read(&head.headers) {
        read_body(&head.headers, body, max_body).await?
    } else if head.status.is_success() {
        return Err(FetchFailure::UnsupportedContent);
    } else {
        // The status tells all there is to know, such as when to come back.
        Vec::new()
    };
    Ok(Answer { status: head.status, headers: head.headers, body })
}

async fn read_body(headers: &HeaderMap, mut body: Incoming, max_body: usize) -> Result<Vec<u8>, FetchFailure> {
    let mut decoder = Decoder::new(headers, max_body)?;
    // No encoding makes a body shorter by being decoded, so that a longer one need not be begun.
    if headers.contains_key(CONTENT_LENGTH) && body.size_hint().lower() > max_body as u64 {
        return Err(FetchFailure::TooLarge);
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| failure_of(&error))?;
        if let Some(data) = frame.data_ref() {
            decoder.feed(data)?;
        }
    }
    decoder.finish()
}

/// The code for what hyper reports; its text may quote the answer and goes nowhere.
fn failure_of(error: &hyper::Error) -> FetchFailure {
    let cause = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match cause.map(io::Error::kind) {
        Some(io::ErrorKind::FileTooLarge) => FetchFailure::TooLarge,
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof) => {
            FetchFailure::BadResponse
        }
        Some(_) => FetchFailure::Unreachable,
        None if error.is_parse_too_large() => FetchFailure::TooLarge,
        None => FetchFailure::BadResponse,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_url_can_be_asked_for(text in "https?://[a-z0-9_.-]{1,20}(:[0-9]{1,4})?/\\PC{0,40}") {
            if let Ok(url) = Url::parse(&text) {
                let request = request_for(&url, &HeaderValue::from_static("x")).unwrap();
                prop_assert_eq!(request.uri().to_string(), &url[Position::BeforePath..Position::AfterQuery]);
                prop_assert_eq!(request.headers()[HOST].to_str().unwrap(), &url[Position::BeforeHost..Position::AfterPort]);
            }
        }
    }
}
