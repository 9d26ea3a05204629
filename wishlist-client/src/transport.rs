//! One try: what is sent, and what comes back within its bounds.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::{Request, Response};
use serde::de::DeserializeOwned;
use url::Url;

use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// Where the API is, its path without the `/v1` of the operations.
    pub(crate) base: Url,
    /// The most bytes of a body.
    pub(crate) largest_answer: usize,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing was sent.
    NotSent(Error),
    /// What became of it is not known.
    Unknown(Error),
    /// Another try would be the same.
    Lasting(Error),
}

impl Transport {
    pub(crate) async fn send(
        &self,
        call: &Call,
        token: Option<&Secret>,
        within: Duration,
    ) -> std::result::Result<Answer, Failure> {
        let request = self.request(call, token).map_err(Failure::Lasting)?;
        tokio::time::timeout(within, self.exchange(request)).await.unwrap_or_else(|_| {
            let message = format!("`{}` was not answered within {within:.0?}", call.operation);
            Err(Failure::Unknown(Error::new(ErrorKind::Timeout, message)))
        })
    }

    fn request(&self, call: &Call, token: Option<&Secret>) -> Result<Request> {
        let mut request = Request::new(call.method.clone(), self.url(call)?);
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
        if let Some(body) = &call.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.clone().into());
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

    async fn exchange(&self, request: Request) -> std::result::Result<Answer, Failure> {
        let host = self.base.authority().to_owned();
        let mut response = self.http.execute(request).await.map_err(|e| {
            let is_connect = e.is_connect();
            // The URL may hold a token.
            let source = e.without_url();
            if is_connect {
                let message = format!("`{host}` cannot be reached; look at the address and whether the server runs");
                Failure::NotSent(Error::new(ErrorKind::Unavailable, message).caused_by(source))
            } else {
                let message = format!("the connection to `{host}` broke before an answer");
                Failure::Unknown(Error::new(ErrorKind::Unavailable, message).caused_by(source))
            }
        })?;
        let body = self.body(&mut response).await?;
        Ok(Answer { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
    }

    async fn body(&self, response: &mut Response) -> std::result::Result<Bytes, Failure> {
        let too_large = || {
            let message = format!("an answer of more than {} bytes; ask for less at a time", self.largest_answer);
            Failure::Lasting(Error::new(ErrorKind::InvalidAnswer, message))
        };
        let announced = response.content_length().unwrap_or_default();
        if usize::try_from(announced).map_or(true, |announced| announced > self.largest_answer) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(body.freeze()),
                Ok(Some(chunk)) if chunk.len() > self.largest_answer - body.len() => return Err(too_large()),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(e) => {
                    let error = Error::new(ErrorKind::Unavailable, "the connection broke within an answer");
                    return Err(Failure::Unknown(error.caused_by(e.without_url())));
                }
            }
        }
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

    /// What the body holds.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let of = self.header(CONTENT_TYPE.as_str()).unwrap_or("nothing that has a type");
        if !of.starts_with("application/json") {
            let message = format!("the answer is `{of}` and not JSON; is this the address of the API?");
            return Err(Error::new(ErrorKind::InvalidAnswer, message).answered(self));
        }
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
