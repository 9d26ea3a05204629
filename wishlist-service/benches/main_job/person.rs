//! A signed-in person, by the HTTP API.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// The longest wait for a call.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long items may stay pending before the bench gives up.
const PATIENCE: Duration = Duration::from_mins(2);

/// The pause between two looks at a list: what a wait is measured to.
const LOOK_EVERY: Duration = Duration::from_millis(5);

#[derive(Clone)]
pub(crate) struct Person {
    client: Client,
    server: String,
    pub(crate) token: String,
}

/// A client for plain HTTP.
pub(crate) fn client() -> Result<Client> {
    // The client wants a provider and certificates, and uses neither. The first call of a process installs the provider.
    drop(rustls::crypto::ring::default_provider().install_default());
    Ok(Client::builder().tls_certs_only([]).no_proxy().timeout(TIMEOUT).build()?)
}

/// The smallest call that the API has.
pub(crate) async fn health(client: &Client, server: &str) -> Result<()> {
    done(client.get(format!("http://{server}/health"))).await
}

impl Person {
    pub(crate) async fn sign_up(server: &str) -> Result<Self> {
        let mut person = Self { client: client()?, server: server.to_owned(), token: String::new() };
        let credentials = json!({ "email": "you@example.com", "password": "correct horse battery" });
        person.post("/auth/sign-up", &credentials).await?;
        let tokens = person.post("/auth/sign-in", &credentials).await?;
        tokens["accessToken"].as_str().context("signing in gives a token")?.clone_into(&mut person.token);
        Ok(person)
    }

    pub(crate) async fn create_wishlist(&self) -> Result<String> {
        let list = self.post("/wishlists", &json!({ "name": "Birthday" })).await?;
        Ok(list["id"].as_str().context("a wishlist has an id")?.to_owned())
    }

    pub(crate) async fn add_item(&self, list: &str, url: &str) -> Result<()> {
        done(self.request(Method::POST, &format!("/wishlists/{list}/items")).json(&json!({ "url": url }))).await
    }

    /// Adds up to a hundred items in one call.
    pub(crate) async fn add_items(&self, list: &str, urls: impl Iterator<Item = String>) -> Result<()> {
        let items: Vec<Value> = urls.map(|url| json!({ "url": url })).collect();
        let answer = self.post(&format!("/wishlists/{list}/items/batch"), &json!({ "items": items })).await?;
        let results = answer["results"].as_array().context("a batch has results")?;
        ensure!(results.iter().all(|result| result["item"].is_object()), "an item was refused: {answer}");
        Ok(())
    }

    /// Adds up to a hundred items without links in one call.
    pub(crate) async fn add_titles(&self, list: &str, titles: impl Iterator<Item = String>) -> Result<()> {
        let note = "The red one, please; the blue one is what we have already. ".repeat(5);
        let items: Vec<Value> = titles.map(|title| json!({ "title": title, "note": note })).collect();
        self.post(&format!("/wishlists/{list}/items/batch"), &json!({ "items": items })).await.map(drop)
    }

    /// The first fifty items of a list, received and not read.
    pub(crate) async fn list_items(&self, list: &str) -> Result<()> {
        done(self.request(Method::GET, &format!("/wishlists/{list}/items"))).await
    }

    /// A page of a list, by the cursor of the page before.
    pub(crate) async fn list_page(&self, list: &str, cursor: &str) -> Result<()> {
        done(self.request(Method::GET, &format!("/wishlists/{list}/items{cursor}"))).await
    }

    /// The query of each page of a list, fifty items a page.
    pub(crate) async fn pages(&self, list: &str) -> Result<Vec<String>> {
        let mut pages = vec![String::new()];
        while let Some(last) = pages.last() {
            let page = self.get(&format!("/wishlists/{list}/items{last}")).await?;
            let Some(next) = page["nextCursor"].as_str() else { break };
            pages.push(format!("?cursor={next}"));
        }
        Ok(pages)
    }

    pub(crate) async fn health(&self) -> Result<()> {
        health(&self.client, &self.server).await
    }

    /// Waits until every item of a list was visited, and fails if a page could not be read.
    pub(crate) async fn wait_until_ready(&self, list: &str) -> Result<()> {
        let (started, mut cursor) = (Instant::now(), String::new());
        loop {
            let page = self.get(&format!("/wishlists/{list}/items?limit=100{cursor}")).await?;
            let items = page["items"].as_array().context("a page has items")?;
            if let Some(failed) = items.iter().find(|item| item["status"] == "failed") {
                bail!("a page could not be read: {failed}");
            }
            if items.iter().any(|item| item["status"] == "pending") {
                ensure!(started.elapsed() < PATIENCE, "items are pending for more than {PATIENCE:?}");
                tokio::time::sleep(LOOK_EVERY).await;
            } else if let Some(next) = page["nextCursor"].as_str() {
                cursor = format!("&cursor={next}");
            } else {
                return Ok(());
            }
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let response = self.request(Method::POST, path).json(body).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        Ok(self.request(Method::GET, path).send().await?.error_for_status()?.json().await?)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}/v1{path}", self.server)).bearer_auth(&self.token)
    }
}

/// Sends a request and receives all of its answer.
async fn done(request: RequestBuilder) -> Result<()> {
    request.send().await?.error_for_status()?.bytes().await?;
    Ok(())
}
