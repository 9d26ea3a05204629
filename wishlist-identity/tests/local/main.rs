//! The local provider over an in-memory table, with a clock that stands still until it is moved.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod accounts;
mod sessions;
mod shapes;
mod signing_key;

use std::sync::Arc;

use wishlist_core::clock::{Clock, ManualClock, SeededRandom, Timestamp};
use wishlist_core::ids::Ids;
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_identity::local::{HashingCost, LocalSettings};
use wishlist_identity::{Account, LocalProvider, Provider, Secret, SignUp, SignedIn, Tokens};

const EMAIL: &str = "Alice@Example.com";
const PASSWORD: &str = "correct horse battery staple";

/// A table and what stands around it.
struct World {
    clock: Arc<ManualClock>,
    random: Arc<SeededRandom>,
    ids: Ids,
    table: Arc<dyn Table>,
    provider: Arc<LocalProvider>,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
        let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
        Self::over(table, clock).await
    }

    async fn over(table: Arc<dyn Table>, clock: Arc<ManualClock>) -> Self {
        let random = Arc::new(SeededRandom::new(7));
        let ids = Ids::new(clock.clone(), random.clone());
        let provider = Arc::new(open(&table, clock.clone(), &ids, random.clone()).await);
        Self { clock, random, ids, table, provider }
    }

    /// Another process over the same table.
    async fn second_provider(&self) -> Arc<LocalProvider> {
        Arc::new(open(&self.table, self.clock.clone(), &self.ids, self.random.clone()).await)
    }

    async fn with_alice() -> (Self, Account) {
        let world = Self::new().await;
        let account = world.sign_up(EMAIL).await;
        (world, account)
    }

    async fn sign_up(&self, email: &str) -> Account {
        self.provider.sign_up(sign_up(email, PASSWORD)).await.unwrap().account
    }

    async fn sign_in(&self) -> SignedIn {
        self.provider.sign_in(EMAIL, &Secret::from(PASSWORD)).await.unwrap()
    }
}

async fn open(table: &Arc<dyn Table>, clock: Arc<dyn Clock>, ids: &Ids, random: Arc<SeededRandom>) -> LocalProvider {
    let settings = LocalSettings {
        issuer: "http://127.0.0.1:3000".to_owned(),
        client_id: "wishlist".to_owned(),
        hashing: HashingCost::LEAST,
    };
    LocalProvider::open(Arc::clone(table), clock, ids.clone(), random, settings).await.unwrap()
}

fn sign_up(email: &str, password: &str) -> SignUp {
    SignUp { email: email.to_owned(), password: Secret::from(password), name: Some("Alice".to_owned()) }
}

fn refresh_token(tokens: &Tokens) -> Secret {
    tokens.refresh_token.clone().unwrap()
}

/// The claims of a token, unverified.
fn claims(token: &Secret) -> serde_json::Value {
    use base64::Engine as _;
    let payload = token.expose().split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
