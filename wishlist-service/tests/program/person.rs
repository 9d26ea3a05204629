//! A signed-in person, by the HTTP API.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

#[derive(Clone)]
pub(crate) struct Person {
    client: Client,
    pub(crate) token: String,
    pub(crate) refresh_token: String,
}

impl Person {
    pub(crate) async fn sign_up(address: &str) -> Self {
        Self::sign_up_as(address, "alice@example.com").await
    }

    pub(crate) async fn sign_up_as(address: &str, email: &str) -> Self {
        // The first call of a process wins; the others find the same provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        let person = Self { client, token: String::new(), refresh_token: String::new() };
        let credentials = json!({ "email": email, "password": PASSWORD });
        person.post(address, "/auth/sign-up", &credentials).await;
        let tokens = person.post(address, "/auth/sign-in", &credentials).await;
        let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
        Self { token: token("accessToken"), refresh_token: token("refreshToken"), ..person }
    }

    pub(crate) async fn post(&self, address: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(Method::POST, address, path, Some(body)).await.unwrap();
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    pub(crate) async fn get(&self, address: &str, path: &str) -> Value {
        let (status, answer) = self.send(Method::GET, address, path, None).await.unwrap();
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// The answer to a question as it was sent.
    pub(crate) async fn bytes(&self, address: &str, path: &str) -> Vec<u8> {
        let request = self.client.get(format!("http://{address}/v1{path}")).bearer_auth(&self.token);
        request.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        address: &str,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        self.send_named(method, address, path, body, None).await
    }

    /// The same under an idempotency key. An answer that breaks off is an error, not an empty one.
    pub(crate) async fn send_named(
        &self,
        method: Method,
        address: &str,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let mut request = self.client.request(method, format!("http://{address}/v1{path}")).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request.send().await?;
        let (status, bytes) = (response.status(), response.bytes().await?);
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
    }

    pub(crate) async fn list(&self, address: &str) -> String {
        let list = self.post(address, "/wishlists", &json!({ "name": "Birthday" })).await;
        list["id"].as_str().unwrap().to_owned()
    }

    /// All items of a list that are still wished for.
    pub(crate) async fn items(&self, address: &str, list: &str) -> Vec<Value> {
        self.walk(address, &format!("/wishlists/{list}/items?limit=100")).await
    }

    /// Everything that is held about the person.
    pub(crate) async fn export(&self, address: &str) -> Vec<Value> {
        self.walk(address, "/me/export?").await
    }

    /// What a listing has, page by page; `path` has its query begun.
    pub(crate) async fn walk(&self, address: &str, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(address, &format!("{path}{cursor}")).await;
            items.extend(page["items"].as_array().unwrap().clone());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}
