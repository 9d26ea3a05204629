//! Many clients at once, over two processes on one directory.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::killing::check;
use crate::leaving::{keys_with, until};
use crate::person::Person;
use crate::running::Running;

/// What the calls answered, in the order in which they were begun.
async fn all(calls: Vec<tokio::task::JoinHandle<(StatusCode, Value)>>) -> Vec<(StatusCode, Value)> {
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

/// Begins a call in a task of its own.
fn begin(person: &Person, address: &str, path: String, body: Value) -> tokio::task::JoinHandle<(StatusCode, Value)> {
    let (person, address) = (person.clone(), address.to_owned());
    tokio::spawn(async move { insist(&person, Method::POST, &address, &path, Some(&body)).await })
}

/// Asks until it is answered otherwise than to come again: on a slow machine a writer may lose too many races.
async fn insist(
    person: &Person,
    method: Method,
    address: &str,
    path: &str,
    body: Option<&Value>,
) -> (StatusCode, Value) {
    loop {
        let (status, answer) = person.send(method.clone(), address, path, body).await.unwrap();
        if status != StatusCode::SERVICE_UNAVAILABLE {
            return (status, answer);
        }
    }
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_clients_over_two_processes_add_to_one_list_and_place_between_the_same_two_items() {
    let directory = tempfile::tempdir().unwrap();
    let servers = [Running::start(directory.path()), Running::start(directory.path())];
    let address = |client: usize| &*servers[client % 2].address;
    let person = Person::sign_up(address(0)).await;
    let list = person.list(address(0)).await;
    let items = format!("/wishlists/{list}/items");
    let (low, high) = (
        person.post(address(0), &items, &json!({ "title": "low" })).await,
        person.post(address(1), &items, &json!({ "title": "high" })).await,
    );
    let mut added = Vec::new();
    for turn in 0..5 {
        let calls = (0..20).map(|client| {
            begin(&person, address(client), items.clone(), json!({ "title": format!("{client}-{turn}") }))
        });
        added.extend(all(calls.collect()).await);
    }
    let added: BTreeSet<_> = added
        .into_iter()
        .map(|(status, item)| {
            assert_eq!(status, 201, "{item}");
            item["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(added.len(), 100);
    let between = json!({ "after": low["id"], "before": high["id"] });
    let calls = added.iter().take(20).enumerate();
    let calls =
        calls.map(|(client, id)| begin(&person, address(client), format!("{items}/{id}/place"), between.clone()));
    for (status, answer) in all(calls.collect()).await {
        assert_eq!(status, 200, "{answer}");
    }
    let [here, there] = [person.items(address(0), &list).await, person.items(address(1), &list).await];
    assert_eq!(here, there, "both processes see the same");
    assert_eq!(here.len(), 102);
    assert_eq!((ids(&here)[0], ids(&here)[21]), (low["id"].as_str().unwrap(), high["id"].as_str().unwrap()));
    let placed: BTreeSet<_> = ids(&here)[1..21].iter().map(|id| (*id).to_owned()).collect();
    assert_eq!(placed, added.iter().take(20).cloned().collect());
    // Two that were placed at once may have the same rank, and stand in the order of their ids then; those that were added
    // never do.
    let ranks =
        |items: &[Value]| items.iter().map(|item| item["rank"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert!(ranks(&here).is_sorted());
    assert_eq!(ranks(&here[21..]).into_iter().collect::<BTreeSet<_>>().len(), 81);
    for server in [0, 1] {
        assert_eq!(person.get(address(server), &format!("/wishlists/{list}")).await["itemCount"], 102);
    }
    for server in servers {
        assert!(server.terminate().0.success());
    }
    check(directory.path());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_deleted_while_two_processes_add_to_it_takes_every_item_along() {
    let directory = tempfile::tempdir().unwrap();
    let shop = crate::shop::open().await;
    let servers = [Running::start(directory.path()), Running::start(directory.path())];
    let person = Person::sign_up(&servers[0].address).await;
    let list = person.list(&servers[0].address).await;
    let added = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..8)
        .map(|client: usize| {
            let (person, address) = (person.clone(), servers[client % 2].address.clone());
            let (path, added) = (format!("/wishlists/{list}/items"), Arc::clone(&added));
            tokio::spawn(async move {
                for number in 0.. {
                    let body = json!({ "url": format!("http://{shop}/{number}"), "note": "while it goes" });
                    let (status, answer) = insist(&person, Method::POST, &address, &path, Some(&body)).await;
                    if status != StatusCode::CREATED {
                        return (status, answer["code"].clone());
                    }
                    added.fetch_add(1, Ordering::Relaxed);
                }
                unreachable!("there is no last number")
            })
        })
        .collect();
    until("the clients add", async || added.load(Ordering::Relaxed) >= 40).await;
    let path = format!("/wishlists/{list}");
    let (status, _) = insist(&person, Method::DELETE, &servers[1].address, &path, None).await;
    assert_eq!(status, 204);
    // From the answer on the list is gone for both processes, whatever is left to be cleared away.
    for server in &servers {
        assert_eq!(person.send(Method::GET, &server.address, &path, None).await.unwrap().0, 404);
        assert_eq!(person.get(&server.address, "/wishlists").await["items"], json!([]));
    }
    check(directory.path());
    for writer in writers {
        assert_eq!(writer.await.unwrap(), (StatusCode::NOT_FOUND, json!("not_found")));
    }
    until("all of the list is gone", async || keys_with(directory.path(), &list).is_empty()).await;
    for server in servers {
        assert!(server.terminate().0.success());
    }
    assert_eq!(keys_with(directory.path(), &list), Vec::<String>::new(), "a late visit brought something back");
    check(directory.path());
}
