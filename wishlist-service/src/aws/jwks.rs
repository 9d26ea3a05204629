//! The keys of a user pool, read over the connections of the other clients.

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http_body_util::{BodyExt, Limited};
use wishlist_core::{Error, Kind, Result};
use wishlist_identity::JwksSource;

/// A set of Cognito has two keys in some 800 bytes.
const MOST_BYTES: usize = 64 * 1024;

/// Where a pool publishes its keys.
#[derive(Debug)]
pub(super) struct PublishedKeys {
    connector: SharedHttpConnector,
    url: String,
}

impl PublishedKeys {
    pub(super) fn at(url: String, connector: SharedHttpConnector) -> Self {
        Self { connector, url }
    }
}

#[async_trait]
impl JwksSource for PublishedKeys {
    async fn fetch(&self) -> Result<String> {
        let request = HttpRequest::get(&self.url).map_err(unavailable)?;
        let response = self.connector.call(request).await.map_err(unavailable)?;
        if response.status().as_u16() != 200 {
            return Err(unavailable(format!("the answer has the status {}", response.status())));
        }
        let body = Limited::new(response.into_body(), MOST_BYTES).collect().await.map_err(unavailable)?;
        String::from_utf8(body.to_bytes().into()).map_err(unavailable)
    }
}

fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Kind::Unavailable, "the keys of the user pool cannot be read").with_source(source)
}
