//! What was acknowledged stays, and what was begun is finished.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::person::Person;
use crate::running::Running;
use crate::shop;

/// Lives of the server, all but the last ended by SIGKILL.
const LIVES: usize = 6;

/// A lease lapses after 90 s, and the sweeper looks every five.
const FINISHED_WITHIN: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_the_server_has_every_acknowledged_write_and_finishes_what_was_pending() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop::open().await;
    let mut server = Running::start(directory.path());
    let person = Person::sign_up(&server.address).await;
    let list = person.list(&server.address).await;
    let acknowledged = Arc::new(Mutex::new(HashMap::new()));
    for life in 1..LIVES {
        let writers = (0..4).map(|writer| {
            let (person, address, list, acknowledged) =
                (person.clone(), server.address.clone(), list.clone(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                for turn in 0..40 {
                    let number = life * 1000 + writer * 100 + turn;
                    let body = json!({ "url": format!("http://{shop}/{number}") });
                    let path = format!("/wishlists/{list}/items");
                    let Ok((status, item)) = person.send(Method::POST, &address, &path, Some(&body)).await else {
                        return;
                    };
                    assert_eq!(status, 201, "{item}");
                    acknowledged.lock().unwrap().insert(item["id"].as_str().unwrap().to_owned(), number);
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        let enough = acknowledged.lock().unwrap().len() + 10 * life;
        wait_until(Duration::from_secs(30), async || acknowledged.lock().unwrap().len() >= enough).await;
        server.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        server = Running::start(directory.path());
    }
    let acknowledged = acknowledged.lock().unwrap().clone();
    wait_until(FINISHED_WITHIN, async || {
        person.items(&server.address, &list).await.iter().all(|item| item["status"] != "pending")
    })
    .await;
    let items: HashMap<String, Value> = person
        .items(&server.address, &list)
        .await
        .into_iter()
        .map(|item| (item["id"].as_str().unwrap().to_owned(), item))
        .collect();
    for (id, number) in &acknowledged {
        let item = items.get(id).unwrap_or_else(|| panic!("item {number} was acknowledged and is lost"));
        assert_eq!(item["status"], "ready", "{item}");
        assert_eq!(item["title"], shop::title(*number));
        assert_eq!(item["price"], json!({ "amount": format!("{number}.50"), "currency": "EUR" }));
    }
    let counted = person.get(&server.address, &format!("/wishlists/{list}")).await;
    assert_eq!(counted["itemCount"], items.len(), "the count is of the items that are there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_directory_work_side_by_side() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop::open().await;
    let (one, other) = (Running::start(directory.path()), Running::start(directory.path()));
    let person = Person::sign_up(&one.address).await;
    let list = person.list(&one.address).await;
    let path = format!("/wishlists/{list}/items");
    for number in 0..20 {
        let body = json!({ "url": format!("http://{shop}/{number}") });
        let (here, there) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let item = person.post(&here.address, &path, &body).await;
        let seen = person.get(&there.address, &format!("{path}/{}", item["id"].as_str().unwrap())).await;
        assert_eq!(seen["url"], item["url"]);
    }
    let waited = person.get(&other.address, &format!("{path}?wait=20")).await;
    let ready = waited["items"].as_array().unwrap().iter().filter(|item| item["status"] == "ready").count();
    assert_eq!(ready, 20, "{waited}");
    for server in [one, other] {
        assert!(server.terminate().0.success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_the_server_ends_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let person = Person::sign_up(&server.address).await;
    person.list(&server.address).await;
    let (token, asked) = (person.token.clone(), Instant::now());
    let (status, logs) = server.terminate();
    assert!(status.success(), "{logs}");
    assert!(asked.elapsed() < Duration::from_secs(10));
    assert!(!directory.path().join("wishlist.db-wal").exists(), "the file was closed");
    for secret in ["alice@example.com", "correct horse", &token] {
        assert!(!logs.contains(secret), "{secret} is in the logs: {logs}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_visit_is_answered_when_the_server_ends() {
    let directory = tempfile::tempdir().unwrap();
    // A page that never answers: connections wait in the listener's queue.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Running::start(directory.path());
    let person = Person::sign_up(&server.address).await;
    let list = person.list(&server.address).await;
    let path = format!("/wishlists/{list}/items");
    let body = json!({ "url": format!("http://{}/", silent.local_addr().unwrap()) });
    person.post(&server.address, &path, &body).await;
    let (waiting, address) = (person.clone(), server.address.clone());
    let waiter = tokio::spawn(async move { waiting.get(&address, &format!("{path}?wait=20")).await });
    // The page is being visited, so the waiter has been let in or will be refused: either way it must not be cut off.
    silent.accept().unwrap();
    let seen = person.get(&server.address, &format!("/wishlists/{list}")).await;
    assert_eq!(seen["itemCount"], 1);
    let ended = tokio::task::spawn_blocking(move || server.terminate());
    let answer = waiter.await.unwrap();
    assert_eq!(answer["items"][0]["status"], "pending");
    assert!(ended.await.unwrap().0.success());
}

async fn wait_until(limit: Duration, holds: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < limit, "waited in vain for {limit:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
