//! What is tried again, what is not, and that no write is done twice.

use std::time::{Duration, Instant};

use uuid::Uuid;
use wishlist_client::model::{Credentials, NewWishlist, WishlistDraft};
use wishlist_client::{Client, ErrorKind};

use super::server::{Reply, Server, answer, healthy, json, problem, wishlist};

/// An answer that breaks off.
fn half() -> String {
    let whole = json(200, &[], &wishlist());
    whole.split_at(whole.len() - 40).0.to_owned()
}

#[tokio::test]
async fn a_failure_that_passes_is_not_seen() {
    let failures = [
        problem(500, "internal", &[]),
        problem(503, "unavailable", &["retry-after: 0"]),
        answer(502, &["content-type: text/html"], "<h1>Bad gateway</h1>"),
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{".to_owned(),
        String::new(),
    ];
    for failure in failures {
        let server = Server::telling([failure.clone(), healthy()]).await;
        let health = server.client().find_health().await.unwrap();
        assert_eq!((health.status.as_str(), server.seen().len()), ("ok", 2), "{failure}");
    }
}

#[tokio::test]
async fn a_failure_that_stays_is_told_after_the_last_try() {
    let server = Server::telling([problem(500, "internal", &[])]).await;
    let error = server.builder().tries(3).build().unwrap().find_health().await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.request_id()), (ErrorKind::Internal, Some(500), Some("request-7")));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let server = Server::telling([problem(429, "rate_limited", &["retry-after: 1"]), healthy()]).await;
    let start = Instant::now();
    server.client().find_health().await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn what_is_asked_for_beyond_the_deadline_is_told_at_once() {
    for seconds in [3_600, u64::MAX] {
        let server = Server::telling([problem(429, "rate_limited", &[&format!("retry-after: {seconds}")])]).await;
        let timeout = if seconds == u64::MAX { Duration::MAX } else { Duration::from_mins(1) };
        let (client, start) = (server.builder().timeout(timeout).build().unwrap(), Instant::now());
        let error = client.find_health().await.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(seconds))));
        assert!(start.elapsed() < Duration::from_secs(10));
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_call_can_be_a_task() {
    let server = Server::telling([healthy()]).await;
    let client = server.client();
    assert_eq!(tokio::spawn(async move { client.find_health().await }).await.unwrap().unwrap().status, "ok");
}

#[tokio::test]
async fn a_post_whose_reply_is_lost_is_sent_again_under_its_key() {
    for lost in [String::new(), half(), problem(500, "internal", &[]), problem(409, "in_progress", &[])] {
        let server = Server::telling([lost, json(201, &[], &wishlist())]).await;
        let wanted = NewWishlist { name: "Birthday".to_owned(), ..Default::default() };
        server.client().create_wishlist(&wanted).await.unwrap();
        let [first, second] = server.seen().try_into().unwrap();
        assert_eq!(first.headers["idempotency-key"].len(), 36);
        assert_eq!(first.headers["idempotency-key"], second.headers["idempotency-key"]);
        assert_eq!(first.body, second.body);
    }
}

#[tokio::test]
async fn every_post_has_a_key_of_its_own_or_the_one_given() {
    let server = Server::telling([json(201, &[], &wishlist())]).await;
    let (client, wanted) = (server.client(), NewWishlist { name: "Birthday".to_owned(), ..Default::default() });
    client.create_wishlist(&wanted).await.unwrap();
    client.create_wishlist(&wanted).await.unwrap();
    client.under_key("birthday-of-2027").create_wishlist(&wanted).await.unwrap();
    client.find_wishlist(Uuid::nil()).await.unwrap();
    let keys: Vec<_> = server.seen().iter().map(|request| request.headers.get("idempotency-key").cloned()).collect();
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[2..], [Some("birthday-of-2027".to_owned()), None]);
}

#[tokio::test]
async fn a_sign_in_whose_reply_is_lost_is_not_sent_again_and_has_no_key() {
    let server = Server::telling([String::new()]).await;
    let given = Credentials { email: "alice@example.com".to_owned(), password: "correct horse".into() };
    let error = Client::connect(&server.address).unwrap().sign_in(&given).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let [only] = server.seen().try_into().unwrap();
    assert_eq!((only.line.as_str(), only.headers.get("idempotency-key")), ("POST /v1/auth/sign-in", None));
}

#[tokio::test]
async fn an_update_of_one_version_is_not_sent_again_once_its_outcome_is_unknown() {
    let draft = WishlistDraft { name: "Birthday".to_owned(), ..Default::default() };
    let server = Server::telling([String::new(), json(200, &[], &wishlist())]).await;
    let error = server.client().if_version(3).update_wishlist(Uuid::nil(), &draft).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let [only] = server.seen().try_into().unwrap();
    assert_eq!(only.headers["if-match"], "\"3\"");

    let server = Server::telling([String::new(), json(200, &[], &wishlist())]).await;
    server.client().update_wishlist(Uuid::nil(), &draft).await.unwrap();
    assert_eq!(server.seen().len(), 2, "of any version it is");
}

#[tokio::test]
async fn what_an_earlier_try_removed_is_removed() {
    let server = Server::telling([String::new(), problem(404, "not_found", &[])]).await;
    server.client().delete_wishlist(Uuid::nil()).await.unwrap();

    let server = Server::telling([problem(404, "not_found", &[])]).await;
    let error = server.client().delete_wishlist(Uuid::nil()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "it was never there");
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_the_client_usable() {
    let server =
        Server::start(|_, nth| if nth == 0 { Reply::Stuck(String::new()) } else { Reply::Text(healthy()) }).await;
    let client = server.client();
    let given_up = tokio::time::timeout(Duration::from_millis(100), client.find_health()).await;
    assert!(given_up.is_err());
    client.find_health().await.unwrap();
}
