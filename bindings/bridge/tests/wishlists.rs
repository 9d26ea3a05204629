//! Wishlists in a file, called as other languages do and as Rust does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;
use wishlist_bridge::{Call, ConnectOptions, Failure, OpenOptions, Wishlists};
use wishlist_client::model::{Credentials, ItemDraft, ItemStatus, NewAccount, NewWishlist};
use wishlist_client::options::{FindItem, ListWishlists};

fn opened() -> (TempDir, Wishlists) {
    let directory = tempfile::tempdir().unwrap();
    let wishlists = Wishlists::open(directory.path().join("wishlists.db"), OpenOptions::default()).unwrap();
    (directory, wishlists)
}

fn create(name: &str) -> Call {
    Call {
        operation: "create_wishlist".to_owned(),
        method: "POST".to_owned(),
        path: vec!["v1".to_owned(), "wishlists".to_owned()],
        body: Some(format!(r#"{{"name":"{name}"}}"#).into_bytes()),
        is_signed: true,
        is_idempotent: true,
        ..Call::default()
    }
}

fn kind(result: Result<impl std::fmt::Debug, Failure>) -> (String, String) {
    let failure = result.unwrap_err();
    (failure.kind, failure.message)
}

#[test]
fn each_named_user_has_their_own_and_nobody_has_none() {
    let (_directory, wishlists) = opened();
    let (alice, bob) = (wishlists.as_user("alice").unwrap(), wishlists.as_user("bob").unwrap());
    let reply = alice.call(create("Birthday")).unwrap();
    assert!(String::from_utf8_lossy(&reply).contains(r#""name":"Birthday""#));
    let listing = Call { method: "GET".to_owned(), body: None, is_idempotent: false, ..create("") };
    let names = |who: &Wishlists| String::from_utf8(who.call(listing.clone()).unwrap().to_vec()).unwrap();
    assert!(names(&alice).contains("Birthday") && !names(&bob).contains("Birthday"));
    assert_eq!(kind(wishlists.call(listing.clone())).0, "Unauthenticated");
    let refused = alice.call(create("")).unwrap_err();
    assert_eq!(
        (refused.kind.as_str(), refused.code.as_deref(), refused.status),
        ("Invalid", Some("invalid"), Some(400))
    );
    assert_eq!(refused.fields[0].pointer, "/name");
    assert!(kind(wishlists.as_user("al ice")).1.contains("`name`"));
}

#[tokio::test]
async fn the_typed_client_is_polled_by_any_runtime_and_people_can_sign_in_too() {
    let (_directory, wishlists) = opened();
    let alice = wishlists.as_user("alice").unwrap().client().clone();
    alice.create_wishlist(&NewWishlist { name: "Birthday".into(), ..Default::default() }).await.unwrap();
    assert_eq!(alice.list_wishlists(&ListWishlists::default()).await.unwrap().items.len(), 1);
    let somebody = wishlists.client();
    let (email, password) = ("carol@example.com".to_owned(), "correct horse battery");
    let account = NewAccount { email: email.clone(), password: password.into(), ..Default::default() };
    somebody.sign_up(&account).await.unwrap();
    somebody.sign_in(&Credentials { email, password: password.into() }).await.unwrap();
    assert!(wishlists.session().unwrap().contains("accessToken"));
    assert_eq!(somebody.list_wishlists(&ListWishlists::default()).await.unwrap().items.len(), 0);
    // A blocking call on a thread of a runtime is answered as well.
    assert!(wishlists.as_user("alice").unwrap().call(create("Another")).is_ok());
    wishlists.close();
}

#[test]
fn a_call_that_was_started_calls_back_once_and_not_when_it_was_given_up() {
    let (_directory, wishlists) = opened();
    let alice = wishlists.as_user("alice").unwrap();
    let (done, told) = mpsc::channel();
    let sender = done.clone();
    alice.start(create("Birthday"), move |result| sender.send(result).unwrap()).unwrap();
    assert!(told.recv_timeout(Duration::from_secs(20)).unwrap().is_ok());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let server = Wishlists::connect(&silent, ConnectOptions::default()).unwrap();
    let started = server.start(create("Birthday"), move |result| done.send(result).unwrap()).unwrap();
    started.cancel();
    // The sender is gone, and nothing was sent.
    assert_eq!(told.recv_timeout(Duration::from_secs(20)).unwrap_err(), mpsc::RecvTimeoutError::Disconnected);
}

#[test]
fn what_was_closed_says_so_and_the_file_can_be_opened_again() {
    let (directory, wishlists) = opened();
    let alice = wishlists.as_user("alice").unwrap();
    let mut second = Wishlists::open(directory.path().join("wishlists.db"), OpenOptions::default()).unwrap();
    alice.call(create("Birthday")).unwrap();
    wishlists.close();
    wishlists.close();
    for result in [alice.call(create("Late")), wishlists.call(create("Late"))] {
        assert_eq!(kind(result).0, "Closed");
    }
    assert_eq!(kind(alice.start(create("Late"), |_| panic!("it was closed")).map(drop)).0, "Closed");
    for _ in 0..2 {
        assert!(second.as_user("alice").unwrap().call(create("Other")).is_ok());
        second.close();
        second = Wishlists::open(directory.path().join("wishlists.db"), OpenOptions::default()).unwrap();
    }
}

#[test]
fn what_cannot_be_opened_or_called_is_told_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("other.db");
    std::fs::write(&file, "this is no database, though it is long enough to be looked at").unwrap();
    let (kind_of_file, message) = kind(Wishlists::open(&file, OpenOptions::default()));
    assert!(kind_of_file == "Invalid" && message.contains("other.db"), "{kind_of_file} {message}");
    let (kind_of_place, message) = kind(Wishlists::open("/proc/none/wishlists.db", OpenOptions::default()));
    assert!(kind_of_place == "Unavailable" && message.contains("/proc/none"), "{kind_of_place} {message}");
    assert_eq!(kind(Wishlists::connect("wishlist.example", ConnectOptions::default())).0, "Invalid");
    let session = ConnectOptions { session: Some("{}".to_owned()), ..ConnectOptions::default() };
    assert!(kind(Wishlists::connect("https://wishlist.example", session)).1.contains("`session`"));
    let server = Wishlists::connect("https://wishlist.example", ConnectOptions::default()).unwrap();
    assert!(kind(server.as_user("alice")).1.contains("sign_in"));
    let unknown = Call { method: "NO METHOD".to_owned(), ..create("") };
    assert!(kind(server.call(unknown)).1.contains("NO METHOD"));
}

/// A server that takes calls and answers none.
fn silent() -> (std::net::TcpListener, Wishlists) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, Wishlists::connect(&url, ConnectOptions::default()).unwrap())
}

#[test]
fn what_is_under_way_at_the_end_is_told_that_it_was_closed() {
    let (_listener, server) = silent();
    let (done, told) = mpsc::channel();
    let sender = done.clone();
    server.start(create("Birthday"), move |result| sender.send(result).unwrap()).unwrap();
    let waiting = std::thread::spawn({
        let server = server.clone();
        move || done.send(server.call(create("Birthday"))).unwrap()
    });
    std::thread::sleep(Duration::from_millis(200));
    server.close();
    for _ in 0..2 {
        assert_eq!(kind(told.recv_timeout(Duration::from_secs(20)).unwrap()).0, "Closed");
    }
    waiting.join().unwrap();
}

#[test]
fn what_is_called_back_may_call_and_close() {
    let (_directory, wishlists) = opened();
    let alice = wishlists.as_user("alice").unwrap();
    let (done, told) = mpsc::channel();
    let again = alice.clone();
    alice
        .start(create("Birthday"), move |first| {
            let second = again.call(create("Another"));
            again.close();
            done.send((first.is_ok(), second.is_ok())).unwrap();
        })
        .unwrap();
    assert_eq!(told.recv_timeout(Duration::from_secs(20)).unwrap(), (true, true));
    assert_eq!(kind(alice.call(create("Late"))).0, "Closed");
}

#[tokio::test]
async fn a_client_keeps_what_it_calls_open() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wishlists.db");
    let alice = Wishlists::open(path, OpenOptions::default()).unwrap().as_user("alice").unwrap().client().clone();
    let list = alice.create_wishlist(&NewWishlist { name: "Birthday".into(), ..Default::default() }).await.unwrap();
    let draft = ItemDraft { url: Some("http://127.0.0.1:1/kettle".to_owned()), ..Default::default() };
    let item = alice.add_item(list.id, &draft).await.unwrap();
    let item = alice.find_item(list.id, item.id, &FindItem { wait: Some(20) }).await.unwrap();
    // It was visited, which is refused for this machine.
    assert_eq!(item.status, ItemStatus::Failed);
}

#[test]
fn options_out_of_their_range_are_refused_by_their_names() {
    let directory = tempfile::tempdir().unwrap();
    let rows = [
        (OpenOptions { visits_at_once: 0, ..OpenOptions::default() }, "`visits_at_once`"),
        (OpenOptions { refresh_every: Some(Duration::ZERO), ..OpenOptions::default() }, "`refresh_every`"),
    ];
    for (options, expected) in rows {
        let (kind, message) = kind(Wishlists::open(directory.path().join("wishlists.db"), options));
        assert!(kind == "Invalid" && message.contains(expected), "{kind} {message}");
    }
}

#[test]
fn a_condition_that_an_operation_does_not_take_is_refused_and_secrets_are_not_shown() {
    let (_directory, wishlists) = opened();
    let alice = wishlists.as_user("alice").unwrap();
    let conditional = Call { version: Some(7), ..create("Birthday") };
    assert!(kind(alice.call(conditional)).1.contains("takes no version"));
    let session = Some(r#"{"refreshToken":"hunter2"}"#.to_owned());
    let shown = format!("{:?}{:?}", ConnectOptions { session, ..ConnectOptions::default() }, create("hunter2"));
    assert!(!shown.contains("hunter2"), "{shown}");
}
