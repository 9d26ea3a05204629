//! Sessions: begun, renewed once for all, ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Notify;
use wishlist_client::model::Credentials;
use wishlist_client::{Client, ErrorKind};

use super::server::{Reply, Request, Server, answer, json, problem};

fn session(access: &str, refresh: Option<&str>, expires_in: u64) -> String {
    let mut session = json!({"accessToken": access, "idToken": "id", "expiresIn": expires_in, "tokenType": "Bearer"});
    if let Some(refresh) = refresh {
        session["refreshToken"] = json!(refresh);
    }
    json(200, &[], &session)
}

fn me() -> String {
    json(200, &[], &json!({"userId": "alice", "email": "alice@example.com", "version": 1}))
}

fn token(request: &Request) -> &str {
    request.headers.get("authorization").map_or("", |value| value.trim_start_matches("Bearer "))
}

async fn signed_in(server: &Server) -> Client {
    let client = Client::connect(&server.address).unwrap();
    let given = Credentials { email: "alice@example.com".to_owned(), password: "correct horse".into() };
    client.sign_in(&given).await.unwrap();
    client
}

/// Takes only the tokens that the renewal of the first ones brings.
async fn renewing() -> Server {
    Server::start(|request, _| {
        Reply::Text(match (request.line.as_str(), token(request)) {
            ("POST /v1/auth/sign-in", _) => session("first", Some("again"), 3_600),
            ("POST /v1/auth/refresh", _) => session("second", Some("once more"), 3_600),
            (_, "second") => me(),
            _ => problem(401, "unauthenticated", &[]),
        })
    })
    .await
}

#[tokio::test]
async fn a_sign_in_signs_the_calls_behind_it_until_the_sign_out() {
    let server = Server::start(|request, _| {
        Reply::Text(match request.line.as_str() {
            "POST /v1/auth/sign-in" => session("first", Some("again"), 3_600),
            "POST /v1/auth/sign-out" => answer(204, &[], ""),
            _ => me(),
        })
    })
    .await;
    let client = signed_in(&server).await;
    client.find_me().await.unwrap();
    assert!(client.session().is_some());
    client.sign_out().await.unwrap();
    assert!(client.session().is_none());
    client.find_me().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.iter().map(token).collect::<Vec<_>>(), ["", "first", "first", ""]);
}

#[tokio::test]
async fn calls_that_are_refused_together_share_one_renewal() {
    let server = renewing().await;
    let client = signed_in(&server).await;
    for found in join_all((0..20).map(|_| client.find_me())).await {
        assert_eq!(found.unwrap().user_id, "alice");
    }
    let renewals: Vec<_> = server.seen().into_iter().filter(|request| request.line.ends_with("/refresh")).collect();
    assert_eq!(renewals.len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&renewals[0].body).unwrap(), json!({"refreshToken": "again"}));
    assert_eq!(client.session().unwrap().refresh_token.unwrap().expose(), "once more");
}

#[tokio::test]
async fn tokens_that_end_are_renewed_before_they_are_refused() {
    let server = Server::start(|request, _| {
        Reply::Text(match request.line.as_str() {
            "POST /v1/auth/sign-in" => session("first", Some("again"), 0),
            "POST /v1/auth/refresh" => session("second", None, 3_600),
            _ => me(),
        })
    })
    .await;
    let client = signed_in(&server).await;
    client.find_me().await.unwrap();
    client.find_me().await.unwrap();
    assert_eq!(server.lines(), ["POST /v1/auth/sign-in", "POST /v1/auth/refresh", "GET /v1/me", "GET /v1/me"]);
    assert_eq!(token(&server.seen()[2]), "second");
    // A provider that does not rotate answers no other one.
    assert_eq!(client.session().unwrap().refresh_token.unwrap().expose(), "again");
}

#[tokio::test]
async fn a_session_that_cannot_be_renewed_is_over() {
    let server = Server::start(|request, _| {
        Reply::Text(match request.line.as_str() {
            "POST /v1/auth/sign-in" => session("first", Some("again"), 3_600),
            _ => problem(401, "unauthenticated", &[]),
        })
    })
    .await;
    let client = signed_in(&server).await;
    let error = client.find_me().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthenticated, Some(401)));
    assert!(client.session().is_none());
    assert_eq!(server.lines(), ["POST /v1/auth/sign-in", "GET /v1/me", "POST /v1/auth/refresh"]);
}

#[tokio::test]
async fn a_renewal_whose_reply_is_lost_is_sent_again() {
    let renewals = AtomicUsize::new(0);
    let server = Server::start(move |request, _| {
        Reply::Text(match (request.line.as_str(), token(request)) {
            ("POST /v1/auth/sign-in", _) => session("first", Some("again"), 3_600),
            ("POST /v1/auth/refresh", _) if renewals.fetch_add(1, Ordering::Relaxed) == 0 => String::new(),
            ("POST /v1/auth/refresh", _) => session("second", Some("once more"), 3_600),
            (_, "second") => me(),
            _ => problem(401, "unauthenticated", &[]),
        })
    })
    .await;
    signed_in(&server).await.find_me().await.unwrap();
}

#[tokio::test]
async fn a_renewal_ends_though_the_call_that_began_it_was_given_up() {
    let (arrived, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, held) = (arrived.clone(), gate.clone());
    let server = Server::start(move |request, _| match (request.line.as_str(), token(request)) {
        ("POST /v1/auth/sign-in", _) => Reply::Text(session("first", Some("again"), 3_600)),
        ("POST /v1/auth/refresh", _) => {
            told.notify_one();
            Reply::Held(held.clone(), session("second", Some("once more"), 3_600))
        }
        (_, "second") => Reply::Text(me()),
        _ => Reply::Text(problem(401, "unauthenticated", &[])),
    })
    .await;
    let client = signed_in(&server).await;
    tokio::select! {
        found = client.find_me() => panic!("nothing was held: {found:?}"),
        () = arrived.notified() => {}
    }
    gate.notify_one();
    client.find_me().await.unwrap();
    let renewals = server.lines().iter().filter(|line| line.ends_with("/refresh")).count();
    assert_eq!(renewals, 1, "the second call waits for what the first one began");
}

#[tokio::test]
async fn a_session_from_before_goes_on() {
    let server = renewing().await;
    let kept = serde_json::to_string(&signed_in(&server).await.session().unwrap()).unwrap();
    let builder = Client::builder(&server.address).session(serde_json::from_str(&kept).unwrap());
    builder.build().unwrap().find_me().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_renews_nothing() {
    let server = Server::telling([problem(401, "unauthenticated", &[])]).await;
    let given = Credentials { email: "alice@example.com".to_owned(), password: "wrong".into() };
    let error = server.client().sign_in(&given).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Unauthenticated, 1));
}
