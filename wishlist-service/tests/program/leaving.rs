//! A person with much leaves: with everything in hand, and without a trace.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use reqwest::Method;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::killing::check;
use crate::person::{PASSWORD, Person};
use crate::running::{Running, serve};

const PATIENCE: Duration = Duration::from_mins(2);

/// The largest page of an export, in bytes.
const EXPORT_PAGE: usize = 1_000_000;

/// By how much the memory of a server may grow over two more exports of 10,000 items, in KiB: what an allocator keeps, and
/// less than one export.
#[cfg(target_os = "linux")]
const GROWTH_KIB: u64 = 32 * 1024;

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The keys of the records that hold `text` in their key or their body, whatever server has the file open.
pub(crate) fn keys_with(directory: &Path, text: &str) -> Vec<String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let file = Connection::open_with_flags(directory.join("wishlist.db"), flags).unwrap();
    file.busy_timeout(Duration::from_secs(5)).unwrap();
    let question = "SELECT pk || ' ' || sk FROM records WHERE instr(pk || ' ' || sk || ' ' || body, ?1) > 0 ORDER BY 1";
    let mut statement = file.prepare(question).unwrap();
    let rows = statement.query_map([text], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A shop that keeps everybody waiting until its door opens.
struct SlowShop {
    address: String,
    door: watch::Sender<bool>,
    waiting: Arc<AtomicUsize>,
}

impl SlowShop {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (door, seen) = watch::channel(false);
        let waiting = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&waiting);
        let page = move || async move {
            counted.fetch_add(1, Ordering::Relaxed);
            // Where the test ended, nobody waits for the page.
            let _ = seen.clone().wait_for(|open| *open).await;
            counted.fetch_sub(1, Ordering::Relaxed);
            Html(concat!(
                r#"<!doctype html><title>Kettle</title><script type="application/ld+json">"#,
                r#"{"@type":"Product","name":"Kettle","offers":{"@type":"Offer","price":"1.50","priceCurrency":"EUR"}}"#,
                "</script>"
            ))
        };
        let shop = Router::new().route("/{page}", get(page));
        tokio::spawn(async move { axum::serve(listener, shop).await });
        Self { address, door, waiting }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_deletes_the_account_while_pages_are_visited_is_gone_and_no_visit_brings_anything_back() {
    let directory = tempfile::tempdir().unwrap();
    let shop = SlowShop::open().await;
    let server = Running::start(directory.path());
    let address = &server.address;
    let bob = Person::sign_up_as(address, "bob@example.com").await;
    let alice = Person::sign_up_as(address, "canary-address@example.com").await;
    let user = alice.get(address, "/me").await["userId"].as_str().unwrap().to_owned();
    let both = format!("http://{}/watched-by-both", shop.address);
    let of_bob = bob.list(address).await;
    bob.post(address, &format!("/wishlists/{of_bob}/items"), &json!({ "url": both })).await;
    let list = alice.post(address, "/wishlists", &json!({ "name": "canary-name" })).await["id"].clone();
    let path = format!("/wishlists/{}/items", list.as_str().unwrap());
    let links = (0..99).map(|n| format!("http://{}/canary-page-{n}", shop.address)).chain([both.clone()]);
    let drafts: Vec<_> = links.map(|url| json!({ "url": url, "note": "canary-note" })).collect();
    let key = "canary-key-0123456789";
    let (batch, body) = (format!("{path}/batch"), json!({ "items": drafts }));
    let named = alice.send_named(Method::POST, address, &batch, Some(&body), Some(key));
    assert_eq!(named.await.unwrap().0, 200);
    until("pages are visited", async || shop.waiting.load(Ordering::Relaxed) >= 4).await;
    check(directory.path());

    let (status, answer) = alice.send(Method::DELETE, address, "/me", None).await.unwrap();
    assert_eq!(status, 202, "{answer}");
    let refresh = json!({ "refreshToken": alice.refresh_token });
    let credentials = json!({ "email": "canary-address@example.com", "password": PASSWORD });
    let refused = async || {
        for (method, path, body) in [
            (Method::GET, "/me", None),
            (Method::GET, "/me/export", None),
            (Method::GET, "/wishlists", None),
            (Method::GET, &*path, None),
            (Method::POST, &*path, Some(json!({ "title": "canary-late" }))),
            (Method::POST, "/wishlists", Some(json!({ "name": "canary-late" }))),
            (Method::DELETE, "/me", None),
        ] {
            let (status, answer) = alice.send(method.clone(), address, path, body.as_ref()).await.unwrap();
            assert_eq!(status, 401, "{method} {path}: {answer}");
        }
    };
    refused().await;
    check(directory.path());
    for (path, body) in [("/auth/refresh", &refresh), ("/auth/sign-in", &credentials)] {
        until("the sign-in is gone", async || {
            bob.send(Method::POST, address, path, Some(body)).await.unwrap().0 == 401
        })
        .await;
    }
    shop.door.send_replace(true);
    let gone =
        async || keys_with(directory.path(), "canary").is_empty() && keys_with(directory.path(), &user).len() == 1;
    until("everything is gone", gone).await;
    check(directory.path());
    refused().await;
    // Bob's item is the last that anybody visits.
    until("Bob's item is there", async || bob.items(address, &of_bob).await[0]["status"] == "ready").await;
    until("no page is visited", async || shop.waiting.load(Ordering::Relaxed) == 0).await;
    let logs = server.terminate();
    assert!(logs.0.success() && !logs.1.contains("canary-"), "{}", logs.1);
    assert_eq!(keys_with(directory.path(), &user), [format!("USER#{user} USER")], "the mark alone is left");
    assert_eq!(keys_with(directory.path(), "canary"), Vec::<String>::new(), "a late visit brought something back");
    assert_eq!(
        keys_with(directory.path(), "PAGE#").len(),
        3,
        "the page that Bob watches: itself, his watch, its price"
    );
    check(directory.path());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_items_are_listed_exported_and_erased_whole() {
    const LISTS: usize = 10;
    let directory = tempfile::tempdir().unwrap();
    let server = Running::of(serve(directory.path()));
    let address = server.address.clone();
    let person = Person::sign_up(&address).await;
    let user = person.get(&address, "/me").await["userId"].as_str().unwrap().to_owned();
    let started = Instant::now();
    let filling = (0..LISTS).map(|list| tokio::spawn(fill(person.clone(), address.clone(), list)));
    let mut lists = Vec::new();
    for list in filling.collect::<Vec<_>>() {
        lists.push(list.await.unwrap());
    }
    println!("10,000 items added in {:?}", started.elapsed());
    for sort in ["rank", "createdAt"] {
        let items = person.walk(&address, &format!("/wishlists/{}/items?limit=100&sort={sort}", lists[0])).await;
        let titles: std::collections::BTreeSet<_> = items.iter().map(|item| item["title"].as_str().unwrap()).collect();
        assert_eq!((items.len(), titles.len()), (1000, 1000), "by {sort}");
    }

    let started = Instant::now();
    let exported = exported(&person, &address).await;
    println!("exported in {:?}", started.elapsed());
    let mut expected: Vec<_> = (0..LISTS * 1000).map(|number| format!("Item {number}")).collect();
    let of_kind = |kind: &str| exported.iter().filter(|record| record["kind"] == kind).count();
    let counts = [of_kind("signIn"), of_kind("account"), of_kind("wishlist"), of_kind("item")];
    assert_eq!((counts, exported.len()), ([1, 1, LISTS, 10_000], 10_012));
    let titles = exported.iter().filter_map(|record| record["item"]["title"].as_str());
    let mut titles: Vec<_> = titles.map(str::to_owned).collect();
    titles.sort_unstable();
    expected.sort_unstable();
    assert_eq!(titles, expected, "each item once");
    #[cfg(target_os = "linux")]
    {
        let before = server.resident_kib();
        for _ in 0..2 {
            assert_eq!(self::exported(&person, &address).await.len(), exported.len());
        }
        let after = server.resident_kib();
        println!("{before} KiB after one export, {after} KiB after three");
        assert!(after < before + GROWTH_KIB, "{before} KiB after one export, {after} KiB after three");
    }

    let started = Instant::now();
    assert_eq!(person.send(Method::DELETE, &address, "/me", None).await.unwrap().0, 202);
    until("everything is erased", async || {
        keys_with(directory.path(), &user).len() == 1 && left(directory.path()) == 0
    })
    .await;
    println!("erased in {:?}", started.elapsed());
    assert!(server.terminate().0.success());
    check(directory.path());
}

/// Adds a list of 1,000 items in ten calls.
async fn fill(person: Person, address: String, list: usize) -> String {
    let id = person.list(&address).await;
    for batch in 0..10 {
        let number = |nth: usize| list * 1000 + batch * 100 + nth;
        let draft = |nth| json!({ "title": format!("Item {}", number(nth)), "note": "a".repeat(200) });
        let drafts: Vec<_> = (0..100).map(draft).collect();
        let path = format!("/wishlists/{id}/items/batch");
        let answer = person.post(&address, &path, &json!({ "items": drafts })).await;
        assert!(answer["results"].as_array().unwrap().iter().all(|result| result["item"].is_object()), "{answer}");
    }
    id
}

/// Everything of the person, of pages that are no larger than they may be.
async fn exported(person: &Person, address: &str) -> Vec<Value> {
    let (mut records, mut path) = (Vec::new(), "/me/export".to_owned());
    loop {
        let page = person.bytes(address, &path).await;
        assert!(page.len() <= EXPORT_PAGE, "a page of {} bytes", page.len());
        let mut page: Value = serde_json::from_slice(&page).unwrap();
        let Value::Array(items) = page["items"].take() else { panic!("a page has no items") };
        records.extend(items);
        let Some(next) = page["nextCursor"].as_str() else { return records };
        path = format!("/me/export?cursor={next}");
    }
}

/// How many records of lists and items there are.
fn left(directory: &Path) -> usize {
    keys_with(directory, "WISHLIST#").len()
}
