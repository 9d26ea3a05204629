//! A signed-in person, by the HTTP API.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct Person {
    client: Client,
    pub(crate) token: String,
}

impl Person {
    pub(crate) async fn sign_up(address: &str) -> Self {
        // The first call of a process wins; the others find the same provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        let person = Self { client, token: String::new() };
        let credentials = json!({ "email": "alice@example.com", "password": "correct horse battery" });
        person.post(address, "/auth/sign-up", &credentials).await;
        let tokens = person.post(address, "/auth/sign-in", &credentials).await;
        Self { token: tokens["accessToken"].as_str().unwrap().to_owned(), ..person }
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

    pub(crate) async fn send(
        &self,
        method: Method,
        address: &str,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<(StatusCode, Value)> {
        let mut request = self.client.request(method, format!("http://{address}/v1{path}")).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        Ok((response.status(), response.json().await.unwrap_or(Value::Null)))
    }

    pub(crate) async fn list(&self, address: &str) -> String {
        let list = self.post(address, "/wishlists", &json!({ "name": "Birthday" })).await;
        list["id"].as_str().unwrap().to_owned()
    }

    /// All items of a list, page by page.
    pub(crate) async fn items(&self, address: &str, list: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(address, &format!("/wishlists/{list}/items?limit=100{cursor}")).await;
            items.extend(page["items"].as_array().unwrap().clone());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}
