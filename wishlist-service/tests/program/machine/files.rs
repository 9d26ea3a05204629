//! A process that may open no more files: neither connections nor pages are taken, and no write is lost.

use reqwest::StatusCode;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::wisher::Wisher;
use crate::killing::check;
use crate::leaving::until;
use crate::running::{Running, limited, serve};
use crate::shop;

/// What the process may have open: some twenty files are its own, and half of all are for connections.
const FILES: usize = 36;

const CALLS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_files_left_no_write_is_lost_and_no_page_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop::open().await;
    let server = Running::of(limited(&format!("ulimit -n {FILES}"), &serve(directory.path())));
    let address = &*server.address;
    let mut wisher = Wisher::sign_up(address).await;
    // More than there are files for, and whoever is closed comes back; those that are not accepted wait in the listener's queue.
    let mut crowd = JoinSet::new();
    for _ in 0..2 * FILES {
        crowd.spawn(silent(address.to_owned()));
    }
    let open = format!("/proc/{}/fd", server.id());
    until("all files are open", async || std::fs::read_dir(&open).unwrap().count() >= FILES).await;
    for number in 0..CALLS {
        let url = format!("http://{shop}/{number}");
        assert_eq!(wisher.add(address, Some(&url), 100).await, Some(StatusCode::CREATED));
    }
    wisher.compare(address).await;
    crowd.shutdown().await;
    // Pages that could not be asked are tried again after a pause; a new one is asked at once.
    wisher.sees(address, &format!("http://{shop}/{CALLS}")).await;
    let path = format!("/wishlists/{}/items?status=failed&limit=100", wisher.list);
    assert_eq!(wisher.person.get(address, &path).await["items"], json!([]), "none was given up");
    let (status, logs) = server.terminate();
    assert!(status.success() && logs.contains("no connection can be accepted for now"), "{logs}");
    check(directory.path());
    println!(r#"proof: {{"cases": {CALLS}, "done": {}}}"#, wisher.kept.len());
}

/// Says nothing, over a new connection whenever one was closed.
async fn silent(address: String) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(&address).await {
            let _ = stream.read(&mut [0]).await;
        }
    }
}
