//! A web page of one's own over the embedded engine: a list, and a form to add links to it.
//!
//! ```sh
//! cargo run -p embed-in-your-app -- wishlists.db
//! ```
//!
//! Who calls is the host program's to know; here it is one person. A real one would take the name from its session.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::routing::get;
use maud::{DOCTYPE, html};
use tokio::net::TcpListener;
use url::form_urlencoded;
use wishlist_bridge::{OpenOptions, Wishlists};
use wishlist_client::model::{Item, ItemDraft, NewWishlist, Wishlist};
use wishlist_client::options::{ListItems, ListWishlists};
use wishlist_client::{Client, ErrorKind};

/// One person's list.
#[derive(Debug)]
struct Page {
    client: Client,
    list: Wishlist,
}

#[tokio::main]
async fn main() -> Result<()> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "wishlists.db".to_owned());
    let wishlists = Wishlists::open(&file, OpenOptions::default())?;
    let page = Page::of(wishlists.as_user("alice")?.client().clone()).await?;
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("open http://{}; the wishlists are in `{file}`, Ctrl-C ends", listener.local_addr()?);
    let ended = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, router(page)).with_graceful_shutdown(ended).await?;
    wishlists.close();
    Ok(())
}

impl Page {
    /// The page of this person's first list, which is made if there is none.
    async fn of(client: Client) -> Result<Self> {
        let first = client.list_wishlists(&ListWishlists { limit: Some(1), ..Default::default() }).await?;
        let list = match first.items.into_iter().next() {
            Some(list) => list,
            None => client.create_wishlist(&NewWishlist { name: "Birthday".to_owned(), ..Default::default() }).await?,
        };
        Ok(Self { client, list })
    }
}

fn router(page: Page) -> Router {
    Router::new().route("/", get(show).post(add)).with_state(Arc::new(page))
}

async fn show(State(page): State<Arc<Page>>) -> Result<Html<String>, StatusCode> {
    let items = page.client.list_items_pages(page.list.id, &ListItems::default()).collect_items().await;
    Ok(whole(&page.list.name, &items.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?, None))
}

async fn add(State(page): State<Arc<Page>>, form: String) -> Result<Redirect, (StatusCode, Html<String>)> {
    let url = form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == "url").map(|(_, url)| url.into_owned());
    let added = page.client.add_item(page.list.id, &ItemDraft { url, ..Default::default() }).await;
    added.map(|_| Redirect::to("/")).map_err(|error| {
        let is_theirs = error.kind() == ErrorKind::Invalid;
        let status = if is_theirs { StatusCode::BAD_REQUEST } else { StatusCode::INTERNAL_SERVER_ERROR };
        (status, whole(&page.list.name, &[], Some(&error.to_string())))
    })
}

fn whole(name: &str, items: &[Item], fault: Option<&str>) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (name) }
                // Until the pages were visited.
                @if items.iter().any(|item| item.status.as_str() == "pending") { meta http-equiv="refresh" content="1"; }
            }
            body {
                h1 { (name) }
                ul {
                    @for item in items {
                        li {
                            (item.title.as_deref().or(item.url.as_deref()).unwrap_or("…"))
                            @if let Some(price) = &item.price { " – " (price.amount) " " (price.currency) }
                        }
                    }
                }
                @if let Some(fault) = fault { p role="alert" { (fault) } a href="/" { "Back" } }
                form method="post" {
                    label { "A link " input type="url" name="url" required; }
                    button { "Wish for it" }
                }
            }
        }
    };
    Html(page.into_string())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn asked(router: &Router, request: Request<Body>) -> (StatusCode, String) {
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        (parts.status, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
    }

    fn posted(form: &'static str) -> Request<Body> {
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        request.body(form.into()).unwrap()
    }

    #[tokio::test]
    async fn a_link_is_on_the_page_at_once_and_a_wrong_one_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let options = OpenOptions { visits: false, ..OpenOptions::default() };
        let wishlists = Wishlists::open(directory.path().join("wishlists.db"), options).unwrap();
        let client = wishlists.as_user("alice").unwrap().client().clone();
        let router = router(Page::of(client.clone()).await.unwrap());
        let (status, _) = asked(&router, posted("url=https%3A%2F%2Fshop.example%2Fkettle")).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, page) = asked(&router, Request::get("/").body(Body::empty()).unwrap()).await;
        assert!(page.contains("https://shop.example/kettle") && page.contains("refresh"), "{page}");
        let (status, page) = asked(&router, posted("url=%3Cb%3E")).await;
        assert!(
            status == StatusCode::BAD_REQUEST && page.contains("role=\"alert\"") && !page.contains("<b>"),
            "{page}"
        );
        // The second start finds the same list.
        assert_eq!(Page::of(client).await.unwrap().list.item_count, 1);
        wishlists.close();
    }
}
