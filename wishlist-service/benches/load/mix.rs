//! The calls that people make: of twenty, eighteen list fifty items, one changes an item and one looks at oneself.

use anyhow::{Context, Result};
use axum::body::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use serde_json::json;

use crate::person::Person;

/// Lists that are read and written in turn: a list's writes wait for each other.
const LISTS: usize = 16;

/// The items of each.
const ITEMS: usize = 50;

/// The calls, put together once.
#[derive(Clone, Debug)]
pub(crate) struct Mix {
    look: Request<Full<Bytes>>,
    lists: Vec<Request<Full<Bytes>>>,
    changes: Vec<Request<Full<Bytes>>>,
}

impl Mix {
    /// Makes the lists.
    pub(crate) async fn of(server: &str, person: &Person) -> Result<Self> {
        let (mut lists, mut changes) = (Vec::new(), Vec::new());
        for _ in 0..LISTS {
            let list = person.create_wishlist().await?;
            person.add_titles(&list, (0..ITEMS).map(|number| format!("Wish {number}"))).await?;
            let items = format!("/v1/wishlists/{list}/items");
            let page = person.get(&format!("/wishlists/{list}/items")).await?;
            for item in page["items"].as_array().context("a page has items")? {
                let id = item["id"].as_str().context("an item has an id")?;
                let body = json!({ "title": "Wish", "note": format!("{id}, please") }).to_string();
                changes.push(request("PUT", server, &format!("{items}/{id}"), person, body)?);
            }
            lists.push(request("GET", server, &items, person, String::new())?);
        }
        Ok(Self { look: request("GET", server, "/v1/me", person, String::new())?, lists, changes })
    }

    /// The call of this turn.
    pub(crate) fn call(&self, turn: usize) -> &Request<Full<Bytes>> {
        match turn % 20 {
            0 => &self.look,
            // Neighbours are of one list, so that the turns of a list are far from each other.
            10 => &self.changes[turn / 20 * (ITEMS + 1) % self.changes.len()],
            _ => &self.lists[turn % self.lists.len()],
        }
    }

    /// The call of an ordinary person who looks at a list.
    pub(crate) fn list(&self) -> &Request<Full<Bytes>> {
        &self.lists[0]
    }
}

fn request(method: &str, server: &str, path: &str, person: &Person, body: String) -> Result<Request<Full<Bytes>>> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, server)
        .header(AUTHORIZATION, format!("Bearer {}", person.token));
    if !body.is_empty() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    request.body(Full::new(body.into())).context("a request that is none")
}
