//! A clock that is set back, and forward, under the running program.
//!
//! libfaketime stands between the program and the C library, and reads what the clock is off by from a file, each time. The clock
//! that only ever goes forward stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::wisher::Wisher;
use crate::killing::check;
use crate::person::PASSWORD;
use crate::running::{Running, serve};
use crate::shop;

/// What is preloaded, of the Debian package `libfaketime`.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

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

fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().map(|folder| folder.unwrap().path());
    let places = folders.chain(["/usr/lib", "/usr/local/lib"].map(PathBuf::from)).map(|folder| folder.join(LIBRARY));
    let found = places.into_iter().find(|place| Path::exists(place));
    found.expect("libfaketime is installed, on Debian by `apt-get install libfaketime`")
}

impl Wisher {
    /// A page that is visited now.
    async fn sees(&mut self, address: &str, shop: &str, number: usize) {
        let url = format!("http://{shop}/{number}");
        assert_eq!(self.add(address, Some(&url), 10).await, Some(StatusCode::CREATED));
        self.settle(address).await;
        let path = format!("/wishlists/{}/items?limit=100", self.list);
        let items = self.person.walk(address, &path).await;
        let of_page = |item: &&Value| item["url"] == json!(url);
        assert_eq!(items.iter().find(of_page).unwrap()["status"], "ready", "{items:?}");
    }

    /// Titles in their order.
    async fn titles(&self, address: &str) -> Vec<String> {
        let path = format!("/wishlists/{}/items?limit=100", self.list);
        let items = self.person.walk(address, &path).await;
        items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_way_the_clock_is_set_everybody_reads_writes_signs_in_and_has_pages_visited() {
    let (clocked, shop) = (Clocked::new(), shop::open().await.to_string());
    let mut server = clocked.start();
    let mut wisher = Wisher::sign_up(&server.address).await;
    let once = wisher.creates_once(&server.address).await;
    wisher.sees(&server.address, &shop, 0).await;
    // Back by less and by more than a lease, a token, a session; then to where it was.
    let clocks = ["-45s", "-1h", "-40d", "+0"];
    for (number, off) in (1..).zip(clocks) {
        clocked.set(off);
        // What was signed before is good still: it ends later by this clock.
        wisher.compare(&server.address).await;
        wisher.sees(&server.address, &shop, number).await;
        // The page of before is a page that was seen, whenever that was.
        wisher.sees(&server.address, &shop, 0).await;
        assert_eq!(wisher.creates_once(&server.address).await, once, "{off}");
        wisher.refreshes(&server.address).await;
        wisher.signs_in(&server.address).await;
        wisher.sees(&server.address, &shop, 100 + number).await;
        let titles = wisher.titles(&server.address).await;
        let expected: Vec<_> = (1..=titles.len()).map(|number| format!("Item {number}")).collect();
        assert_eq!(titles, expected, "what is added later stands behind, {off}");
        if off == "-1h" {
            server.kill();
            server = clocked.start();
            wisher.compare(&server.address).await;
        }
    }
    // A day on, the token has ended and the session has not.
    clocked.set("+1d");
    let (status, _) = wisher.person.send(Method::GET, &server.address, "/me", None).await.unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    wisher.refreshes(&server.address).await;
    wisher.sees(&server.address, &shop, 200).await;
    wisher.compare(&server.address).await;
    let (status, logs) = server.terminate();
    assert!(status.success(), "{logs}");
    check(&clocked.data());
    println!(r#"proof: {{"cases": {}, "done": {}}}"#, clocks.len() + 1, wisher.kept.len());
}
