//! Spans, as a collector is sent them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use reqwest::{Client, Method};
use serde_json::json;

use crate::leaving::until;
use crate::person::Person;
use crate::running::{Running, serve};

/// What was sent, one after the other.
type Sent = Arc<Mutex<Vec<u8>>>;

async fn take(State(sent): State<Sent>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    sent.lock().unwrap().extend(body);
}

async fn collector() -> (String, Sent) {
    let (listener, sent) = (tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(), Sent::default());
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&sent));
    tokio::spawn(axum::serve(listener, router).into_future());
    (address, sent)
}

/// Whether the bytes are among what was sent: protobuf has texts and ids as they are.
fn has(sent: &[u8], bytes: &[u8]) -> bool {
    sent.windows(bytes.len()).any(|window| window == bytes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_is_sent_the_calls_and_the_visits_and_nothing_that_is_withheld() {
    let directory = tempfile::tempdir().unwrap();
    let ((collector, sent), shop) = (collector().await, crate::shop::open().await);
    let mut command = serve(directory.path());
    command
        .args(["--otlp-endpoint", &collector])
        .env("OTEL_SERVICE_NAME", "wishes")
        .env("OTEL_BSP_SCHEDULE_DELAY", "100");
    let server = Running::of(command);
    let person = Person::sign_up(&server.address).await;
    let list = person.list(&server.address).await;
    let item = json!({ "url": format!("http://{shop}/7?canary-in-url"), "note": "canary-in-note" });
    person.post(&server.address, &format!("/wishlists/{list}/items"), &item).await;
    // A call that is part of its caller's trace.
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let url = format!("http://{}/v1/wishlists/{list}?canary-in-query", server.address);
    let client = Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let call = client.get(url).header("traceparent", format!("00-{trace}-{parent}-01"));
    let call = call.header("tracestate", "vendor=canary-in-state");
    assert_eq!(call.send().await.unwrap().status(), 401);
    let unknown = person.send(Method::GET, &server.address, "/canary-in-path", None).await.unwrap();
    assert_eq!(unknown.0, 404);
    until("the visit's span was sent", async || has(&sent.lock().unwrap(), b"visit")).await;
    assert!(server.terminate().0.success());
    let sent = sent.lock().unwrap();
    let texts = [
        "wishes",
        "POST /v1/wishlists/{wishlistId}/items",
        "GET /v1/wishlists/{wishlistId}",
        "http.route",
        "http.response.status_code",
        "server.address",
        "127.0.0.1",
    ];
    for text in texts {
        assert!(has(&sent, text.as_bytes()), "{text}");
    }
    let id = |hex: &str| u128::from_str_radix(hex, 16).unwrap().to_be_bytes();
    assert!(has(&sent, &id(trace)) && has(&sent, &id(parent)[8..]), "the caller's trace goes on");
    for text in ["canary", "@example", "Birthday"] {
        assert!(!has(&sent, text.as_bytes()), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_not_there_or_says_nothing_holds_no_call_up() {
    // The system accepts connections to a socket that nobody reads.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for collector in ["127.0.0.1:9".to_owned(), silent.local_addr().unwrap().to_string()] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = serve(directory.path());
        command.args(["--otlp-endpoint", &format!("http://{collector}")]).env("OTEL_BSP_SCHEDULE_DELAY", "10");
        let server = Running::of(command);
        let person = Person::sign_up(&server.address).await;
        // A collector is waited for ten seconds: were a call held up by that, the test's runner would end this.
        for _ in 0..30 {
            person.list(&server.address).await;
        }
        assert!(server.terminate().0.success(), "{collector}");
    }
}
