//! One scenario in each form that the Rust client has. The packages for other languages play the same file.

use std::path::Path;

use axum::Router;
use axum::extract::Path as Named;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use scenario_rust::{Place, Play};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use wishlist_client::blocking;

use crate::running::Running;

const SCENARIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bindings/scenario.json");

/// The scenario, with a shop that serves the pages of `bindings/shop`.
async fn play() -> Play {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{page}", get(page))).await });
    Play::read(Path::new(SCENARIO), &shop).unwrap()
}

async fn page(Named(page): Named<String>) -> Result<Html<String>, StatusCode> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/shop").join(page);
    std::fs::read_to_string(file).map(Html).map_err(|_| StatusCode::NOT_FOUND)
}

/// A server in a directory of its own.
fn server(directory: &Path) -> (Running, Place) {
    let server = Running::start(directory);
    let place = Place { url: format!("http://{}", server.address), code: None };
    (server, place)
}

#[tokio::test]
async fn the_scenario_plays_within_the_process() {
    scenario_rust::awaited_within(play().await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scenario_plays_within_the_process_without_a_runtime() {
    let play = play().await;
    let played = std::thread::spawn(|| scenario_rust::waited_for_within(play));
    spawn_blocking(|| played.join().unwrap()).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_scenario_plays_with_a_server() {
    let directory = tempfile::tempdir().unwrap();
    let (_server, place) = server(directory.path());
    scenario_rust::awaited_with(&place, play().await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scenario_plays_with_a_server_without_a_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let (_server, place) = server(directory.path());
    let play = play().await;
    let played = std::thread::spawn(move || scenario_rust::waited_for_with(&place, play));
    spawn_blocking(|| played.join().unwrap()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_waits_does_so_on_a_thread_for_work_that_waits() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let client = blocking::Client::connect(&format!("http://{}", server.address)).unwrap();
    let waited = spawn_blocking(move || client.find_health()).await.unwrap();
    assert_eq!(waited.unwrap().status, "ok");
}
