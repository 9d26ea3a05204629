//! The calls of a client, in the terms of the contract.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wishlist_core::model::Money;

/// Longer than a listing waits for what is pending.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A signed-in person at the API.
pub(super) struct Person {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    token: String,
}

/// What is shown of an item.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) price: Option<Money>,
    pub(super) list_price: Option<Money>,
    pub(super) availability: Option<String>,
    pub(super) status: String,
    pub(super) failure: Option<Failure>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Failure {
    pub(super) detail: String,
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    access_token: String,
}

impl Person {
    /// Signs a new person up and in.
    pub(super) async fn sign_up(address: SocketAddr, password: &str) -> Result<Self> {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut person = Self { client, base: format!("http://{address}/v1"), token: String::new() };
        let credentials = json!({ "email": "you@example.com", "password": password });
        person.send::<Value>(Method::POST, "/auth/sign-up", Some(&credentials)).await?;
        let tokens: Tokens = person.send(Method::POST, "/auth/sign-in", Some(&credentials)).await?;
        person.token = tokens.access_token;
        Ok(person)
    }

    /// The access token, for a person to try calls with.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) async fn create_wishlist(&self, name: &str) -> Result<String> {
        Ok(self.send::<Created>(Method::POST, "/wishlists", Some(&json!({ "name": name }))).await?.id)
    }

    /// Adds the URLs; answers, for each that was refused, why.
    pub(super) async fn add_items(&self, list: &str, urls: &[String]) -> Result<Vec<(String, String)>> {
        let mut refused = Vec::new();
        for chunk in urls.chunks(100) {
            let items: Vec<Value> = chunk.iter().map(|url| json!({ "url": url })).collect();
            let path = format!("/wishlists/{list}/items/batch");
            let answer: Value = self.send(Method::POST, &path, Some(&json!({ "items": items }))).await?;
            let results = answer["results"].as_array().context("the batch has no results")?;
            for (url, result) in chunk.iter().zip(results) {
                if let Some(detail) = result["problem"]["detail"].as_str() {
                    refused.push((url.clone(), detail.to_owned()));
                }
            }
        }
        Ok(refused)
    }

    /// The first hundred items, answered early when nothing is pending.
    pub(super) async fn list_items(&self, list: &str, wait: Duration) -> Result<Vec<Item>> {
        let path = format!("/wishlists/{list}/items?limit=100&wait={}", wait.as_secs());
        Ok(self.send::<Page>(Method::GET, &path, None).await?.items)
    }

    async fn send<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&Value>) -> Result<T> {
        let called = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(body.map(Value::to_string).unwrap_or_default().into())?;
        let answered = async {
            let answer = self.client.request(request).await?;
            let status = answer.status();
            anyhow::Ok((status, answer.into_body().collect().await?.to_bytes()))
        };
        let (status, text) = tokio::time::timeout(TIMEOUT, answered)
            .await
            .unwrap_or_else(|late| Err(late.into()))
            .with_context(|| called.clone())?;
        ensure!(status.is_success(), "{called} answered {status}: {}", String::from_utf8_lossy(&text));
        Ok(serde_json::from_slice(&text)?)
    }
}
