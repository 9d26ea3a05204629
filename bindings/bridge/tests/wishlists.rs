//! Wishlists in a file, called as other languages do and as Rust does.

use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;
use wishlist_bridge::{Call, ConnectOptions, Failure, OpenOptions, Wishlists};
use wishlist_client::model::{Credentials, NewAccount, NewWishlist};
use wishlist_client::options::ListWishlists;

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
    assert!(told.recv_timeout(Duration::from_secs(20)).is_err(), "the sender is gone, and nothing was sent");
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
