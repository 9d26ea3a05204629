//! Keys that an issuer publishes over HTTP.

use async_trait::async_trait;
use reqwest::Client;
use reqwest::redirect::Policy;
use url::Url;
use wishlist_core::error::{Error, Kind, Result};

use super::JwksSource;

/// The most bytes that are read. Cognito publishes two keys in 0.9 KB.
const MAX_BYTES: usize = 64 * 1024;

/// The set at one address, read anew with each fetch: no redirect is followed, no proxy asked, no cookie kept, no body read
/// beyond 64 KiB.
#[derive(Clone, Debug)]
pub struct HttpJwks {
    client: Client,
    url: Url,
}

impl HttpJwks {
    /// The set at `url`, which for a pool of Cognito is
    /// `https://cognito-idp.{region}.amazonaws.com/{pool}/.well-known/jwks.json`. Whom to trust is up to `tls`; it is not
    /// looked at for `http`, which is for a machine of one's own. Connects to nothing yet.
    ///
    /// # Errors
    /// [`Kind::Invalid`] where `url` is neither `https` nor `http`; [`Kind::Internal`] where no client can be built with `tls`.
    pub fn new(url: Url, tls: rustls::ClientConfig) -> Result<Self> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Error::new(Kind::Invalid, format!("`{url}` is not where keys are; expected `https`")));
        }
        let client = Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none()).no_proxy().build();
        let client = client.map_err(|error| unusable(Kind::Internal, "no client for the issuer's keys", error))?;
        Ok(Self { client, url })
    }
}

#[async_trait]
impl JwksSource for HttpJwks {
    async fn fetch(&self) -> Result<String> {
        let unreachable = |error| unusable(Kind::Unavailable, "the issuer's keys could not be read", error);
        let mut answer = self.client.get(self.url.clone()).send().await.map_err(unreachable)?;
        if answer.status() != 200 {
            let message = format!("the issuer answered {} instead of its keys", answer.status());
            return Err(Error::new(Kind::Unavailable, message));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(Error::new(Kind::Unavailable, "the key set is larger than 64 KiB"));
            }
            body.extend_from_slice(&chunk);
        }
        String::from_utf8(body).map_err(|_| Error::new(Kind::Unavailable, "the key set is not UTF-8"))
    }
}

fn unusable(kind: Kind, message: &str, error: reqwest::Error) -> Error {
    Error::new(kind, message).with_source(error)
}
