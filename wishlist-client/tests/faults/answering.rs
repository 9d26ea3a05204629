//! Answers that are not as they should be.

use std::time::{Duration, Instant};

use serde_json::json;
use wishlist_client::ErrorKind;
use wishlist_client::model::{NewWishlist, Role};

use super::server::{Reply, Server, answer, healthy, json, problem, wishlist};

#[tokio::test]
async fn a_problem_is_a_typed_error() {
    let told = json!({
        "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "the body is not valid", "code": "invalid",
        "requestId": "request-7", "errors": [{"pointer": "/name", "detail": "expected at most 200 characters"}],
    });
    let server = Server::telling([json(400, &[], &told)]).await;
    let error = server.client().create_wishlist(&NewWishlist::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::Invalid, Some("invalid"), Some(400)));
    assert_eq!(error.request_id(), Some("request-7"));
    assert_eq!(error.fields()[0].pointer, "/name");
    assert_eq!(error.to_string(), "the body is not valid; `/name`: expected at most 200 characters");
    assert_eq!(server.seen().len(), 1, "what is wrong stays wrong");
}

#[tokio::test]
async fn what_a_newer_server_adds_is_taken() {
    let mut newer = wishlist();
    newer["colour"] = json!("green");
    newer["claimPolicy"]["mood"] = json!({"festive": true});
    newer["role"] = json!("gardener");
    let server = Server::telling([json(200, &[], &newer)]).await;
    let found = server.client().find_wishlist(uuid::Uuid::nil()).await.unwrap();
    assert_eq!((found.name.as_str(), found.role), ("Birthday", Role::Unlisted("gardener".to_owned())));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_named() {
    let elsewhere = Server::telling([healthy()]).await;
    let server = Server::telling([answer(302, &[&format!("location: {}", elsewhere.address)], "")]).await;
    let error = server.client().find_health().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidAnswer, Some(302)));
    assert!(error.to_string().contains(&elsewhere.address), "{error}");
    assert_eq!((server.seen().len(), elsewhere.seen().len()), (1, 0));
}

#[tokio::test]
async fn what_is_not_of_this_api_is_an_error_with_its_status() {
    let page = answer(200, &["content-type: text/html"], "<h1>Sign in to the hotel's network</h1>");
    let rows = [
        (page, ErrorKind::InvalidAnswer, 200),
        (answer(200, &["content-type: application/json"], "{"), ErrorKind::InvalidAnswer, 200),
        (answer(200, &["content-type: application/json"], "[]"), ErrorKind::InvalidAnswer, 200),
        (answer(502, &["content-type: text/html"], "<h1>Bad gateway</h1>"), ErrorKind::Unavailable, 502),
        (answer(404, &[], ""), ErrorKind::NotFound, 404),
    ];
    for (text, kind, status) in rows {
        let server = Server::telling([text]).await;
        let error = server.builder().tries(1).build().unwrap().find_health().await.unwrap_err();
        assert_eq!((error.kind(), error.status(), error.code()), (kind, Some(status), None), "{error}");
    }
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_bound() {
    let long = "x".repeat(2_000);
    let announced = answer(200, &["content-type: application/json"], &format!("{{\"status\":\"{long}\"}}"));
    let chunks = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{long}\r\n0\r\n\r\n");
    for text in [announced, chunks] {
        let server = Server::telling([text]).await;
        let error = server.builder().largest_answer(1_000).build().unwrap().find_health().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
        assert!(error.to_string().contains("1000 bytes"), "{error}");
        assert_eq!(server.seen().len(), 1, "it would be as long again");
    }
}

#[tokio::test]
async fn a_body_that_does_not_end_ends_at_the_deadline() {
    for begun in ["", "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"] {
        let server = Server::start(|_, _| Reply::Stuck(begun.to_owned())).await;
        let builder = server.builder().try_timeout(Duration::from_millis(200)).timeout(Duration::from_millis(500));
        let start = Instant::now();
        let error = builder.build().unwrap().find_health().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(server.seen().len() > 1, "a read is tried again within the deadline");
    }
}

#[tokio::test]
async fn where_nobody_listens_the_error_names_the_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let builder = wishlist_client::Client::builder(&format!("http://{address}")).tries(2);
    let error = builder.build().unwrap().find_health().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, None));
    assert!(error.to_string().contains(&address), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_kind_is_by_the_code_of_the_problem() {
    let rows = [
        (403, "forbidden", ErrorKind::Forbidden),
        (409, "conflict", ErrorKind::Conflict),
        (412, "stale", ErrorKind::Stale),
        (422, "idempotency_mismatch", ErrorKind::Conflict),
    ];
    for (status, code, kind) in rows {
        let server = Server::telling([problem(status, code, &[])]).await;
        let error = server.client().find_me().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)));
    }
}
