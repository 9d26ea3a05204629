//! Listings over several pages.

use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use wishlist_client::ErrorKind;
use wishlist_client::options::ListWishlists;

use super::server::{Reply, Server, json, problem, wishlist};

fn page(names: &[&str], next: Option<&str>) -> String {
    let items: Vec<Value> = names
        .iter()
        .map(|name| {
            let mut wishlist = wishlist();
            wishlist["name"] = json!(name);
            wishlist
        })
        .collect();
    let mut page = json!({"items": items});
    if let Some(next) = next {
        page["nextCursor"] = json!(next);
    }
    json(200, &[], &page)
}

#[tokio::test]
async fn a_stream_walks_all_pages_with_the_same_options() {
    let server = Server::telling([page(&["a", "b"], Some("x&y")), page(&[], Some("z")), page(&["c"], None)]).await;
    let options = ListWishlists { limit: Some(2), archived: Some(false), ..Default::default() };
    let pages = server.client().list_wishlists_pages(&options);
    let names: Vec<String> = pages.items().map_ok(|wishlist| wishlist.name).try_collect().await.unwrap();
    assert_eq!(names, ["a", "b", "c"]);
    let path = "GET /v1/wishlists?limit=2";
    let expected = [
        format!("{path}&archived=false"),
        format!("{path}&cursor=x%26y&archived=false"),
        format!("{path}&cursor=z&archived=false"),
    ];
    assert_eq!(server.lines(), expected);
}

#[tokio::test]
async fn no_page_is_asked_for_before_it_is_wanted() {
    let server = Server::telling([page(&["a"], Some("x")), page(&["b"], None)]).await;
    let mut pages = server.client().list_wishlists_pages(&ListWishlists::default());
    assert_eq!(server.seen().len(), 0);
    assert_eq!(pages.try_next().await.unwrap().unwrap().items.len(), 1);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_listing_ends_at_its_first_error() {
    let server = Server::telling([page(&["a"], Some("x")), problem(400, "invalid", &[])]).await;
    let mut pages = server.client().list_wishlists_pages(&ListWishlists::default());
    assert!(pages.try_next().await.unwrap().is_some());
    assert_eq!(pages.try_next().await.unwrap_err().kind(), ErrorKind::Invalid);
    assert!(pages.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_listing_without_end_is_an_error() {
    let server = Server::start(|_, _| Reply::Text(page(&["a"], Some("same")))).await;
    let error = server.client().list_wishlists_pages(&ListWishlists::default()).collect_items().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
    assert_eq!(server.seen().len(), 2);
}
