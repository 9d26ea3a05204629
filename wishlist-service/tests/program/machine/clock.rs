//! A clock that is set back, and forward, under the running program.
//!
//! libfaketime stands between the program and the C library, and reads what the clock is off by from a file, each time.
//! The clock that only ever goes forward stays as it is.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::wisher::{PATIENCE, Wisher};
use crate::killing::check;
use crate::person::PASSWORD;
use crate::running::{Running, serve};
use crate::shop;

/// By how much it is set back.
const BACK: [&str; 3] = ["-45", "-1h", "-40d"];

/// A server whose clock can be set.
struct Clocked {
    directory: tempfile::TempDir,
    off: PathBuf,
}

impl Clocked {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clocked = Self { off: directory.path().join("off"), directory };
        clocked.set("+0");
        clocked
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Has the clock be off by so much, as `-1h`. The file is replaced in one go: it may be read at any moment.
    fn set(&self, off: &str) {
        let new = self.directory.path().join("new");
        fs::write(&new, off).unwrap();
        fs::rename(&new, &self.off).unwrap();
    }

    fn start(&self) -> Running {
        let mut command: Command = serve(&self.data());
        command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", &self.off);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        Running::of(command)
    }
}

/// What is preloaded.
#[expect(clippy::disallowed_methods, reason = "the command that proves it sees to it that it is there")]
fn library() -> OsString {
    std::env::var_os("WISHLIST_TEST_FAKETIME").expect("libfaketime is named: run `cargo xtask prove machine`")
}

impl Wisher {
    /// Titles in their order.
    async fn titles(&self, address: &str) -> Vec<String> {
        let path = format!("/wishlists/{}/items?limit=100", self.list);
        let items = self.person.walk(address, &path).await;
        items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
    }

    /// Everything is as by any other clock.
    async fn goes_on(&mut self, address: &str, shop: &str, number: usize, once: &str) {
        self.compare(address).await;
        self.sees(address, &page(shop, number)).await;
        // The page of before is a page that was seen, whenever that was.
        self.sees(address, &page(shop, 0)).await;
        assert_eq!(self.creates_once(address).await, once);
        self.signs_in(address).await;
        self.sees(address, &page(shop, 100 + number)).await;
        let titles = self.titles(address).await;
        let expected: Vec<_> = (1..=titles.len()).map(|number| format!("Item {number}")).collect();
        assert_eq!(titles, expected, "what is added later stands behind");
    }

    /// How a question with the token that there is is answered.
    async fn is_let_in(&self, address: &str) -> StatusCode {
        self.person.send(Method::GET, address, "/me", None).await.unwrap().0
    }

    async fn signs_in(&mut self, address: &str) {
        let credentials = json!({ "email": "alice@example.com", "password": PASSWORD });
        self.takes(&self.person.post(address, "/auth/sign-in", &credentials).await);
    }

    async fn refreshes(&mut self, address: &str) {
        let body = json!({ "refreshToken": self.person.refresh_token });
        self.takes(&self.person.post(address, "/auth/refresh", &body).await);
    }

    fn takes(&mut self, tokens: &Value) {
        tokens["accessToken"].as_str().unwrap().clone_into(&mut self.person.token);
        if let Some(token) = tokens["refreshToken"].as_str() {
            token.clone_into(&mut self.person.refresh_token);
        }
    }

    /// One call under a key, sent again by every clock: one list.
    async fn creates_once(&self, address: &str) -> String {
        let body = json!({ "name": "Once" });
        let named =
            self.person.send_named(Method::POST, address, "/wishlists", Some(&body), Some("one-and-only-key-of-this"));
        let (status, list) = named.await.unwrap();
        assert_eq!(status, 201, "{list}");
        list["id"].as_str().unwrap().to_owned()
    }
}

fn page(shop: &str, number: usize) -> String {
    format!("http://{shop}/{number}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_way_the_clock_is_set_everybody_reads_writes_signs_in_and_has_pages_visited() {
    let (clocked, shop) = (Clocked::new(), shop::open().await.to_string());
    let mut server = clocked.start();
    let mut wisher = Wisher::sign_up(&server.address).await;
    let once = wisher.creates_once(&server.address).await;
    wisher.sees(&server.address, &page(&shop, 0)).await;
    // A token that is older than a quarter of a minute would be none of the future by the first of these clocks.
    wisher.refreshes(&server.address).await;
    // Back by less than a lease, then by more than a token and than a session lives.
    for (number, off) in (1..).zip(BACK) {
        clocked.set(off);
        // A token of the future is none; whoever has one asks for another, which a session of the future is good for.
        assert_eq!(wisher.is_let_in(&server.address).await, StatusCode::UNAUTHORIZED, "{off}");
        wisher.refreshes(&server.address).await;
        wisher.goes_on(&server.address, &shop, number, &once).await;
        if off == "-1h" {
            server.kill();
            server = clocked.start();
            wisher.compare(&server.address).await;
        }
    }
    // Where it was: what began forty days ago has ended by then, the session too.
    clocked.set("+0");
    assert_eq!(wisher.is_let_in(&server.address).await, StatusCode::UNAUTHORIZED);
    wisher.signs_in(&server.address).await;
    wisher.goes_on(&server.address, &shop, 10, &once).await;
    // A day on, the token has ended and the session has not.
    clocked.set("+1d");
    assert_eq!(wisher.is_let_in(&server.address).await, StatusCode::UNAUTHORIZED);
    wisher.refreshes(&server.address).await;
    wisher.sees(&server.address, &page(&shop, 200)).await;
    wisher.compare(&server.address).await;
    let (status, logs) = server.terminate();
    assert!(status.success(), "{logs}");
    check(&clocked.data());
    println!(r#"proof: {{"cases": {}, "done": {}}}"#, BACK.len() + 2, wisher.kept.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_that_died_before_the_clock_was_set_back_holds_up_nobody_who_asks_for_another() {
    let clocked = Clocked::new();
    let server = clocked.start();
    let mut wisher = Wisher::sign_up(&server.address).await;
    // A page that does not answer: its connection waits in the listener's queue.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    assert_eq!(wisher.add(&server.address, Some(&page(&address.to_string(), 1)), 10).await, Some(StatusCode::CREATED));
    let visit = timeout(PATIENCE, silent.accept()).await.expect("the page is visited").unwrap();
    server.kill();
    drop((silent, visit));
    shop::open_at(address).await;
    // The lease of the dead is good for an hour and a half minute by this clock.
    clocked.set("-1h");
    let server = clocked.start();
    wisher.refreshes(&server.address).await;
    let item = format!("/wishlists/{}/items/{}", wisher.list, wisher.kept.keys().next().unwrap());
    let (status, answer) =
        wisher.person.send(Method::POST, &server.address, &format!("{item}/refresh"), None).await.unwrap();
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let item = wisher.person.get(&server.address, &format!("{item}?wait=20")).await;
    assert_eq!((&item["status"], item["price"]["amount"].as_str()), (&json!("ready"), Some("1.50")), "{item}");
    assert!(server.terminate().0.success());
    check(&clocked.data());
    println!(r#"proof: {{"cases": 1, "done": 1}}"#);
}
