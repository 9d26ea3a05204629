//! The local provider over an in-memory table, with a clock that stands still until it is moved.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod accounts;
mod check;
mod clock;
mod confirming;
mod conformance;
mod erasure;
mod guessing;
mod mailbox;
mod mortal;
mod resetting;
mod sameness;
mod sessions;
mod shapes;
mod signing_key;
mod witness;

use std::sync::Arc;

use wishlist_core::clock::{Clock, ManualClock, SeededRandom, Timestamp};
use wishlist_core::error::{Kind, Result};
use wishlist_core::ids::Ids;
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_identity::local::{Confirmation, HashingCost, LocalSettings};
use wishlist_identity::{Account, LocalProvider, Provider, Secret, SignUp, SignedIn, Tokens};

use crate::mailbox::Mailbox;

const EMAIL: &str = "Alice@Example.com";
const PASSWORD: &str = "correct horse battery staple";

const START: Timestamp = Timestamp::from_millis(1_795_368_000_000);

/// A table and what stands around it.
struct World {
    clock: Arc<ManualClock>,
    random: Arc<SeededRandom>,
    ids: Ids,
    table: Arc<dyn Table>,
    mailbox: Arc<Mailbox>,
    settings: LocalSettings,
    provider: Arc<LocalProvider>,
}

impl World {
    async fn new() -> Self {
        Self::with(Confirmation::AtOnce).await
    }

    /// A world in which addresses are confirmed by mail.
    async fn by_code() -> Self {
        Self::with(Confirmation::ByCode).await
    }

    async fn with(confirmation: Confirmation) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
        Self::over_with(table, clock, confirmation).await
    }

    async fn over(table: Arc<dyn Table>, clock: Arc<ManualClock>) -> Self {
        Self::over_with(table, clock, Confirmation::AtOnce).await
    }

    async fn over_with(table: Arc<dyn Table>, clock: Arc<ManualClock>, confirmation: Confirmation) -> Self {
        let random = Arc::new(SeededRandom::new(7));
        let ids = Ids::new(clock.clone(), random.clone());
        let settings = LocalSettings {
            issuer: "http://127.0.0.1:3000".to_owned(),
            client_id: "wishlist".to_owned(),
            hashing: HashingCost::LEAST,
            confirmation,
            key_life: LocalSettings::KEY_LIFE,
        };
        let mailbox = Arc::new(Mailbox::default());
        let provider = open(&table, clock.clone(), &ids, random.clone(), mailbox.clone(), settings.clone()).await;
        Self { clock, random, ids, table, mailbox, settings, provider }
    }

    /// Another process over the same table.
    async fn second_provider(&self) -> Arc<LocalProvider> {
        let (clock, random, mailbox) = (self.clock.clone(), self.random.clone(), self.mailbox.clone());
        open(&self.table, clock, &self.ids, random, mailbox, self.settings.clone()).await
    }

    async fn with_alice() -> (Self, Account) {
        let world = Self::new().await;
        let account = world.sign_up(EMAIL).await;
        (world, account)
    }

    async fn sign_up(&self, email: &str) -> Account {
        self.provider.sign_up(sign_up(email, PASSWORD)).await.unwrap().account
    }

    /// Signs up, and confirms by the code that was mailed.
    async fn confirmed(&self, email: &str) -> Account {
        self.provider.sign_up(sign_up(email, PASSWORD)).await.unwrap();
        self.provider.confirm_sign_up(email, &self.mailbox.code().await).await.unwrap();
        self.provider.sign_in(email, &Secret::from(PASSWORD)).await.unwrap().account
    }

    async fn sign_in(&self) -> SignedIn {
        self.try_sign_in(PASSWORD).await.unwrap()
    }

    async fn try_sign_in(&self, password: &str) -> Result<SignedIn> {
        self.provider.sign_in(EMAIL, &Secret::from(password)).await
    }
}

async fn open(
    table: &Arc<dyn Table>,
    clock: Arc<dyn Clock>,
    ids: &Ids,
    random: Arc<SeededRandom>,
    mailbox: Arc<Mailbox>,
    settings: LocalSettings,
) -> Arc<LocalProvider> {
    Arc::new(LocalProvider::open(Arc::clone(table), clock, ids.clone(), random, mailbox, settings).await.unwrap())
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

/// Asserts that a code was refused, as every code is.
fn assert_wrong_code(outcome: Result<()>) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.fields()[0].pointer.as_str()), (Kind::Invalid, "/code"), "{error:?}");
    assert_eq!(error.to_string(), "the code is wrong or no longer good; ask for a new one");
}
