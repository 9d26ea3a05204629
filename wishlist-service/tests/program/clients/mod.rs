//! One scenario in each form that the Rust client has. The packages for other languages play the same file.

#[path = "generated/by_name.rs"]
#[allow(clippy::too_many_lines, reason = "an operation each")]
mod by_name;
mod step;

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;

use axum::Router;
use axum::extract::Path as Named;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use tempfile::TempDir;
use tokio::net::TcpListener;
use wishlist_bridge::{OpenOptions, Wishlists};
use wishlist_client::model::{Credentials, MailedCode, NewAccount};
use wishlist_client::{Client, blocking};

use self::step::Play;
use crate::person::PASSWORD;
use crate::running::Running;

/// Serves the pages of `bindings/shop` and tells their address.
async fn shop() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{page}", get(page))).await });
    format!("http://{address}")
}

async fn page(Named(page): Named<String>) -> Result<Html<String>, StatusCode> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/shop").join(page);
    std::fs::read_to_string(file).map(Html).map_err(|_| StatusCode::NOT_FOUND)
}

/// Wishlists in a file, and the client of everybody who calls; under no name the one of nobody.
fn embedded(directory: &Path, people: Vec<String>) -> (Wishlists, BTreeMap<Option<String>, Client>) {
    let options = OpenOptions { private_addresses: true, ..OpenOptions::default() };
    let wishlists = Wishlists::open(directory.join("wishlists.db"), options).unwrap();
    let mut clients = BTreeMap::from([(None, wishlists.client().clone())]);
    for name in people {
        let client = wishlists.as_user(&name).unwrap().client().clone();
        clients.insert(Some(name), client);
    }
    (wishlists, clients)
}

/// A server, and the shop that it can visit: those that the environment names, else of our own.
struct Place {
    url: String,
    shop: String,
    /// The code of every mail, where addresses are confirmed.
    code: Option<String>,
    _own: Option<(TempDir, Running)>,
}

impl Place {
    async fn find() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the test command tells its tests so")]
        let named = |name: &str| std::env::var(format!("WISHLIST_TEST_{name}")).ok();
        if let Some(url) = named("SERVER") {
            let shop = named("SHOP").expect("`WISHLIST_TEST_SHOP` is for the server that is named");
            return Self { url, shop, code: named("CODE"), _own: None };
        }
        let directory = tempfile::tempdir().unwrap();
        let server = Running::start(directory.path());
        let url = format!("http://{}", server.address);
        Self { url, shop: shop().await, code: None, _own: Some((directory, server)) }
    }

    /// Somebody of this name whom the server does not know yet.
    fn account(&self, name: &str) -> (NewAccount, Option<MailedCode>, Credentials) {
        let email = format!("{name}-{:x}@example.com", RandomState::new().hash_one(name));
        let account = NewAccount { email: email.clone(), password: PASSWORD.into(), ..Default::default() };
        let code = self.code.clone().map(|code| MailedCode { email: email.clone(), code });
        (account, code, Credentials { email, password: PASSWORD.into() })
    }
}

async fn awaited(mut play: Play, clients: &BTreeMap<Option<String>, Client>) {
    while let Some(step) = play.next() {
        let mut client = clients[&step.who].clone();
        if let Some(key) = &step.key {
            client = client.under_key(key);
        }
        if let Some(version) = step.version {
            client = client.if_version(version);
        }
        let outcome = by_name::call(&client, &step).await;
        play.judge(&step, outcome);
    }
}

fn waited_for(mut play: Play, clients: &BTreeMap<Option<String>, blocking::Client>) {
    while let Some(step) = play.next() {
        let mut client = clients[&step.who].clone();
        if let Some(key) = &step.key {
            client = client.under_key(key);
        }
        if let Some(version) = step.version {
            client = client.if_version(version);
        }
        let outcome = by_name::blocking::call(&client, &step);
        play.judge(&step, outcome);
    }
}

#[tokio::test]
async fn the_scenario_plays_within_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let play = Play::new(&shop().await);
    let (wishlists, clients) = embedded(directory.path(), play.people());
    awaited(play, &clients).await;
    wishlists.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scenario_plays_within_the_process_without_a_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let play = Play::new(&shop().await);
    let played = std::thread::spawn(move || {
        let (wishlists, clients) = embedded(directory.path(), play.people());
        let clients = clients.into_iter().map(|(name, client)| (name, blocking::Client::over(client).unwrap()));
        waited_for(play, &clients.collect());
        wishlists.close();
    });
    tokio::task::spawn_blocking(|| played.join().unwrap()).await.unwrap();
}

#[tokio::test]
async fn the_scenario_plays_with_a_server() {
    let place = Place::find().await;
    let play = Play::new(&place.shop);
    let connect = || Client::connect(&place.url).unwrap();
    let mut clients = BTreeMap::from([(None, connect())]);
    for name in play.people() {
        let (client, (account, code, credentials)) = (connect(), place.account(&name));
        client.sign_up(&account).await.unwrap();
        if let Some(code) = code {
            client.confirm_sign_up(&code).await.unwrap();
        }
        client.sign_in(&credentials).await.unwrap();
        clients.insert(Some(name), client);
    }
    awaited(play, &clients).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scenario_plays_with_a_server_without_a_runtime() {
    let place = Place::find().await;
    let played = std::thread::spawn(move || {
        let play = Play::new(&place.shop);
        let connect = || blocking::Client::connect(&place.url).unwrap();
        let mut clients = BTreeMap::from([(None, connect())]);
        for name in play.people() {
            let (client, (account, code, credentials)) = (connect(), place.account(&name));
            client.sign_up(&account).unwrap();
            if let Some(code) = code {
                client.confirm_sign_up(&code).unwrap();
            }
            client.sign_in(&credentials).unwrap();
            clients.insert(Some(name), client);
        }
        waited_for(play, &clients);
    });
    tokio::task::spawn_blocking(|| played.join().unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_call_that_waits_does_so_on_a_thread_for_work_that_waits() {
    let directory = tempfile::tempdir().unwrap();
    let server = Running::start(directory.path());
    let client = blocking::Client::connect(&format!("http://{}", server.address)).unwrap();
    let waited = tokio::task::spawn_blocking(move || client.find_health()).await.unwrap();
    assert_eq!(waited.unwrap().status, "ok");
}
