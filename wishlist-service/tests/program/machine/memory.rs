//! A process that may have only so much memory, and pages that would take all of it.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::time::timeout;

use super::wisher::Wisher;
use crate::killing::{check, rounds_or};
use crate::person::PASSWORD;
use crate::running::{Running, limited, serve};

/// What the process may have, in KiB: its visits at once, each with a page of four megabytes and what is read from it,
/// some passwords of 19 MiB, and itself.
const LIMIT_KIB: u64 = 256 * 1024;

/// Pages where nobody says how many: one of each kind.
const PAGES: usize = 5;

/// So long an answer is waited for that may not come.
const ANSWERED: Duration = Duration::from_secs(5);

/// What a bomb is when it is unpacked: twice what a page may be. To pack it takes seconds, as tests are built.
const BOMB_BYTES: usize = 8 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_mean_harm_take_no_more_memory_than_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let shop = hostile_shop().await;
    let mut command = serve(directory.path());
    command.args(["--visits-per-hour", "0"]);
    let server = Running::of(limited(&format!("ulimit -d {LIMIT_KIB}"), &command));
    let address = &*server.address;
    let mut wisher = Wisher::sign_up(address).await;
    let pages = rounds_or(PAGES);
    for number in 0..pages {
        let url = format!("http://{shop}/{number}");
        assert_eq!(wisher.add(address, Some(&url), 100).await, Some(StatusCode::CREATED));
    }
    wisher.settle(address).await;
    wisher.compare(address).await;
    let peak = server.peak_kib();
    let (status, logs) = server.terminate();
    assert!(status.success(), "{logs}");
    check(directory.path());
    println!("at most {peak} KiB were resident");
    println!(r#"proof: {{"cases": {pages}, "peakKib": {peak}}}"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_runs_out_of_memory_loses_nothing_that_it_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let address = server.address.clone();
    let mut wisher = Wisher::sign_up(&address).await;
    for _ in 0..20 {
        assert_eq!(wisher.add(&address, None, 100).await, Some(StatusCode::CREATED));
    }
    // Not a byte more than it has: what is asked for from now on is not given.
    let none = Command::new("prlimit").args(["--pid", &server.id().to_string(), "--data=1:1"]).status().unwrap();
    assert!(none.success(), "prlimit is of the package util-linux");
    let signing_in = (0..4).map(|number| {
        let address = address.clone();
        let (person, body) =
            (wisher.person.clone(), json!({ "email": format!("{number}@example.com"), "password": PASSWORD }));
        // Each wants 19 MiB for its password, and is answered with an error or not at all.
        tokio::spawn(async move {
            timeout(ANSWERED, person.send(Method::POST, &address, "/auth/sign-up", Some(&body))).await
        })
    });
    let signing_in: Vec<_> = signing_in.collect();
    for _ in 0..20 {
        // What it cannot answer any more is no acknowledgement, and neither is an error.
        wisher.try_to_add(&address).await;
    }
    for person in signing_in {
        let answer = person.await.unwrap();
        let is_refused =
            answer.is_err() || answer.is_ok_and(|answer| answer.map_or(true, |(status, _)| !status.is_success()));
        assert!(is_refused, "19 MiB were there after all");
    }
    server.kill();
    let again = Running::start(directory.path());
    wisher.compare(&again.address).await;
    assert_eq!(wisher.add(&again.address, None, 100).await, Some(StatusCode::CREATED));
    assert!(again.terminate().0.success());
    check(directory.path());
    println!(r#"proof: {{"cases": 1, "done": {}}}"#, wisher.kept.len());
}

/// A shop whose pages are large when they are unpacked, deep, broad, or without an end.
async fn hostile_shop() -> String {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b'a'), BOMB_BYTES as u64), &mut packed).unwrap();
    let bomb = Arc::new(packed.finish().unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let shop =
        Router::new().route("/{number}", get(move |Path(number): Path<usize>| async move { page(number, &bomb) }));
    tokio::spawn(async move { axum::serve(listener, shop).await });
    address
}

fn page(number: usize, bomb: &[u8]) -> Response {
    let html = |text: String| ([(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    let many = |what: &str| what.repeat((4 << 20) / what.len() - 1);
    match number % 5 {
        0 => ([(CONTENT_TYPE, "text/html"), (CONTENT_ENCODING, "gzip")], bomb.to_vec()).into_response(),
        1 => html(many("<div>")),
        2 => html(many(r#"<a b="c" d e=f>&amp;"#)),
        3 => html(format!(r#"<script type="application/ld+json">{}"#, many(r#"{"@graph":[{"#))),
        _ => {
            let endless = stream::repeat_with(|| Ok::<_, std::convert::Infallible>("<p>more".repeat(1000)));
            ([(CONTENT_TYPE, "text/html")], Body::from_stream(endless)).into_response()
        }
    }
}
