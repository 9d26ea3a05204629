//! One try: what is sent, and what comes back within its bounds.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// Carries one request to a server and its answer back: by the network, or to a server within this program.
pub trait Channel: Debug + Send + Sync {
    /// One try. It is dropped when its time is over.
    fn exchange(&self, request: Request<Bytes>) -> BoxFuture<'_, std::result::Result<Response<Bytes>, ChannelError>>;
}

/// Why nothing came back.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChannelError {
    /// Nothing was sent.
    NotSent(Error),
    /// What became of it is not known.
    Unknown(Error),
    /// Another try would be the same.
    Lasting(Error),
}

#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) channel: Arc<dyn Channel>,
    /// Where the API is, its path without the `/v1` of the operations.
    pub(crate) base: Url,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Transport {
    pub(crate) async fn send(
        &self,
        call: &Call,
        token: Option<&Secret>,
        within: Duration,
    ) -> std::result::Result<Answer, ChannelError> {
        let request = self.request(call, token).map_err(ChannelError::Lasting)?;
        let answer = tokio::time::timeout(within, self.channel.exchange(request)).await.unwrap_or_else(|_| {
            let message = format!("`{}` was not answered within {within:.0?}", call.operation);
            Err(ChannelError::Unknown(Error::new(ErrorKind::Timeout, message)))
        });
        let (parts, body) = answer?.into_parts();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    fn request(&self, call: &Call, token: Option<&Secret>) -> Result<Request<Bytes>> {
        let url = self.url(call)?;
        let mut request = Request::new(call.body.clone().unwrap_or_default());
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = url.as_str().parse().map_err(|e| {
            Error::new(ErrorKind::Invalid, "the parts of the path and the query are too long for an address")
                .caused_by(e)
        })?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &call.headers {
            headers.insert(*name, header(name, value)?);
        }
        if let Some(token) = token {
            let mut value = header("authorization", &format!("Bearer {}", token.expose()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(request)
    }

    fn url(&self, call: &Call) -> Result<Url> {
        // They would name another path.
        if let Some(part) = call.segments.iter().find(|part| ["", ".", ".."].contains(&part.as_str())) {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("`{part}` is no part of a path; expected an id or a token"),
            ));
        }
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&call.segments);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Ok(url)
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long the server asks to wait: seconds, or a date, which is measured from the answer's own.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let asked = self.header(RETRY_AFTER.as_str())?.trim();
        if let Ok(seconds) = asked.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let at = httpdate::parse_http_date(asked).ok()?;
        let now = httpdate::parse_http_date(self.header(DATE.as_str())?).ok()?;
        Some(at.duration_since(now).unwrap_or_default())
    }

    /// For an answer that stands for another one.
    pub(crate) fn without_body(self) -> Self {
        Self { body: Bytes::new(), ..self }
    }

    pub(crate) fn expect_json(&self) -> Result<()> {
        let of = self.header(CONTENT_TYPE.as_str()).unwrap_or("nothing that has a type");
        if of.starts_with("application/json") {
            return Ok(());
        }
        let message = format!("the answer is `{of}` and not JSON; is this the address of the API?");
        Err(Error::new(ErrorKind::InvalidAnswer, message).answered(self))
    }

    /// Fails where there is a body: what answers with one is not this API, and did not do what was asked for.
    pub(crate) fn expect_nothing(&self) -> Result<()> {
        if self.body.is_empty() {
            return Ok(());
        }
        let message = "an answer with a body, where there is none; is this the address of the API?";
        Err(Error::new(ErrorKind::InvalidAnswer, message).answered(self))
    }

    /// What the body holds.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        self.expect_json()?;
        serde_json::from_slice(&self.body).map_err(|e| {
            let message = "the answer is not as this version of the client knows it";
            Error::new(ErrorKind::InvalidAnswer, message).caused_by(e).answered(self)
        })
    }
}

fn header(name: &str, value: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(value).map_err(|e| {
        let message = format!("the value of `{name}` cannot be sent; expected visible ASCII");
        Error::new(ErrorKind::Invalid, message).caused_by(e)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&'static str, &str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Answer { status: StatusCode::TOO_MANY_REQUESTS, headers, body: Bytes::new() }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = ("date", "Sun, 22 Nov 2026 17:20:00 GMT");
        let rows = [
            (answer(&[("retry-after", "7")]), Some(7)),
            (answer(&[("retry-after", "Sun, 22 Nov 2026 17:20:09 GMT"), date]), Some(9)),
            (answer(&[("retry-after", "Sun, 22 Nov 2026 17:00:00 GMT"), date]), Some(0)),
            (answer(&[("retry-after", "soon"), date]), None),
            (answer(&[]), None),
        ];
        for (answer, expected) in rows {
            assert_eq!(answer.retry_after(), expected.map(Duration::from_secs), "{answer:?}");
        }
    }
}
