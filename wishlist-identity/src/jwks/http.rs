//! Keys that an issuer publishes over HTTP.

use std::error::Error as Cause;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use url::Url;
use wishlist_core::error::{Error, Kind, Result};

use super::JwksSource;

/// The most bytes that are read. Cognito publishes two keys in 0.9 KB.
const MAX_BYTES: usize = 64 * 1024;

/// The set at one address, read anew with each fetch: no redirect is followed, no proxy asked, no cookie kept, no body read
/// beyond 64 KiB. How long a fetch may take is up to who asks.
#[derive(Clone, Debug)]
pub struct HttpJwks {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    url: hyper::Uri,
}

impl HttpJwks {
    /// The set at `url`, which for a pool of Cognito is
    /// `https://cognito-idp.{region}.amazonaws.com/{pool}/.well-known/jwks.json`. Whom to trust is up to `tls`; it is not
    /// looked at for `http`, which is for a machine of one's own. Connects to nothing yet.
    ///
    /// # Errors
    /// [`Kind::Invalid`] where `url` is neither `https` nor `http`.
    pub fn new(url: &Url, tls: rustls::ClientConfig) -> Result<Self> {
        let invalid = || Error::new(Kind::Invalid, format!("`{url}` is not where keys are; expected `https`"));
        if !matches!(url.scheme(), "https" | "http") {
            return Err(invalid());
        }
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        let client =
            Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(HttpsConnector::from((tcp, tls)));
        Ok(Self { client, url: url.as_str().parse().map_err(|_| invalid())? })
    }
}

#[async_trait]
impl JwksSource for HttpJwks {
    async fn fetch(&self) -> Result<String> {
        let answer = self.client.get(self.url.clone()).await.map_err(unreadable)?;
        if answer.status() != 200 {
            let message = format!("the issuer answered {} instead of its keys", answer.status());
            return Err(Error::new(Kind::Unavailable, message));
        }
        let body = Limited::new(answer.into_body(), MAX_BYTES).collect().await.map_err(unreadable)?;
        String::from_utf8(body.to_bytes().into()).map_err(unreadable)
    }
}

fn unreadable(cause: impl Into<Box<dyn Cause + Send + Sync>>) -> Error {
    Error::new(Kind::Unavailable, "the issuer's keys could not be read").with_source(cause)
}
