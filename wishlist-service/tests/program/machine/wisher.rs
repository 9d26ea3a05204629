//! A person with one list, who knows what was acknowledged.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::person::Person;

/// Longer than a visit takes that is tried again after its first pause.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

pub(super) struct Wisher {
    pub(super) person: Person,
    pub(super) list: String,
    /// The items that were acknowledged, with their notes.
    pub(super) kept: BTreeMap<String, String>,
    asked: usize,
}

impl Wisher {
    pub(super) async fn sign_up(address: &str) -> Self {
        let person = Person::sign_up(address).await;
        let list = person.list(address).await;
        Self { person, list, kept: BTreeMap::new(), asked: 0 }
    }

    /// Adds an item with a note of this length, and remembers it where that is acknowledged. Refused is only what
    /// cannot be done now; an answer that did not come is no acknowledgement.
    pub(super) async fn add(&mut self, address: &str, url: Option<&str>, note: usize) -> Option<StatusCode> {
        self.asked += 1;
        let mut body =
            json!({ "title": format!("Item {}", self.asked), "note": format!("{}{}", self.asked, "n".repeat(note)) });
        if let Some(url) = url {
            body["url"] = json!(url);
        }
        let path = format!("/wishlists/{}/items", self.list);
        let (status, answer) = self.person.send(Method::POST, address, &path, Some(&body)).await.ok()?;
        if status == StatusCode::CREATED {
            self.kept.insert(answer["id"].as_str().unwrap().to_owned(), body["note"].as_str().unwrap().to_owned());
        } else {
            assert_eq!((status, &answer["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable")), "{answer}");
        }
        Some(status)
    }

    /// Adds by a server that may not be able to answer, or to say why not.
    pub(super) async fn try_to_add(&mut self, address: &str) {
        self.asked += 1;
        let note = format!("{}", self.asked);
        let body = json!({ "title": format!("Item {}", self.asked), "note": note });
        let path = format!("/wishlists/{}/items", self.list);
        let sent = self.person.send(Method::POST, address, &path, Some(&body));
        if let Ok(Ok((StatusCode::CREATED, answer))) = tokio::time::timeout(Duration::from_secs(5), sent).await {
            self.kept.insert(answer["id"].as_str().unwrap().to_owned(), note);
        }
    }

    /// Adds until it is refused, and answers how often it was not.
    pub(super) async fn add_until_refused(&mut self, address: &str, note: usize) -> usize {
        for added in 0..5_000 {
            if self.add(address, None, note).await.expect("the server answers") != StatusCode::CREATED {
                return added;
            }
        }
        panic!("it took all of it");
    }

    /// What was acknowledged is there, as it was typed.
    pub(super) async fn compare(&self, address: &str) {
        let path = format!("/wishlists/{}/items?limit=100", self.list);
        let items: BTreeMap<String, Value> =
            self.person.walk(address, &path).await.into_iter().map(|item| (id(&item), item)).collect();
        for (id, note) in &self.kept {
            let item = items.get(id).unwrap_or_else(|| panic!("item {id} was acknowledged and is lost"));
            assert_eq!(item["note"].as_str(), Some(&**note), "{item}");
        }
    }

    /// A new item of this page, which is visited now.
    pub(super) async fn sees(&mut self, address: &str, url: &str) {
        let before: Vec<_> = self.kept.keys().cloned().collect();
        assert_eq!(self.add(address, Some(url), 10).await, Some(StatusCode::CREATED));
        let id = self.kept.keys().find(|id| !before.contains(id)).unwrap();
        let path = format!("/wishlists/{}/items/{id}?wait=20", self.list);
        let started = Instant::now();
        let mut item = self.person.get(address, &path).await;
        while item["status"] == "pending" && started.elapsed() < PATIENCE {
            item = self.person.get(address, &path).await;
        }
        assert_eq!(item["status"], "ready", "{item}");
    }

    /// Waits until no item waits for its page.
    pub(super) async fn settle(&self, address: &str) {
        let path = format!("/wishlists/{}/items?status=pending&limit=100", self.list);
        let started = Instant::now();
        loop {
            let pending = self.person.get(address, &path).await["items"].take();
            if pending == json!([]) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "still pending: {pending}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn id(item: &Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}
