//! A process that may open no more files: neither connections nor pages are taken, and no write is lost.

use std::net::TcpStream;
use std::process::Command;

use reqwest::StatusCode;
use serde_json::json;

use super::wisher::Wisher;
use crate::killing::check;
use crate::leaving::until;
use crate::running::{Running, serve};
use crate::shop;

/// What the process may have open: some thirty files are its own.
const FILES: usize = 64;

const CALLS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_files_left_no_write_is_lost_and_no_page_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let shop = shop::open().await;
    let server = Running::of(limited(&format!("ulimit -n {FILES}"), &serve(directory.path())));
    let address = &*server.address;
    let mut wisher = Wisher::sign_up(address).await;
    // More than there are files for; those that are not accepted wait in the listener's queue.
    let crowd: Vec<TcpStream> = (0..2 * FILES).map(|_| TcpStream::connect(address).unwrap()).collect();
    let open = format!("/proc/{}/fd", server.id());
    until("all files are open", async || std::fs::read_dir(&open).unwrap().count() >= FILES).await;
    // By the connection that there is already.
    for number in 0..CALLS {
        let url = format!("http://{shop}/{number}");
        assert_eq!(wisher.add(address, Some(&url), 100).await, Some(StatusCode::CREATED));
    }
    wisher.compare(address).await;
    drop(crowd);
    // Pages that could not be asked are tried again after a pause; a new one is asked at once.
    wisher.sees(address, &format!("http://{shop}/{CALLS}")).await;
    let path = format!("/wishlists/{}/items?status=failed&limit=100", wisher.list);
    assert_eq!(wisher.person.get(address, &path).await["items"], json!([]), "none was given up");
    let (status, logs) = server.terminate();
    assert!(status.success() && logs.contains("no connection can be accepted for now"), "{logs}");
    check(directory.path());
    println!(r#"proof: {{"cases": {CALLS}, "done": {}}}"#, wisher.kept.len());
}

/// The command under a limit that the shell sets.
pub(super) fn limited(limit: &str, command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.env_clear().args(["-c", &format!(r#"{limit} && exec "$0" "$@""#)]);
    limited.arg(command.get_program()).args(command.get_args());
    limited
}
