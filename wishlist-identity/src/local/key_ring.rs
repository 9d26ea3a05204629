//! The table's keys as this process last read them.
//!
//! Nothing runs by itself: who asks for a key finds that one is due and makes it. Keys are published a day before they
//! sign, so it does not matter which process notices, nor when.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::table::{Condition, Query, Stored, keys, query_all};

use super::signing::{FIRST, Rotation, SigningKey, SigningRecord};
use super::store::Store;

/// The age from which the keys are read again before a token is signed.
const MAX_AGE: Duration = Duration::from_mins(5);

/// The keys of the table.
#[derive(Debug)]
pub(super) struct KeyRing {
    store: Store,
    life: Duration,
    state: Mutex<State>,
    /// Held by the one who reads; the others sign with what is at hand.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct State {
    /// In the order of their numbers; never empty.
    keys: Arc<[SigningKey]>,
    read_at: Timestamp,
}

impl KeyRing {
    /// Reads the keys, each of which signs for `life`; the first to do so makes the first one.
    pub(super) async fn open(store: Store, life: Duration) -> Result<Self> {
        let keys = rotate(&store, life).await?;
        let state = Mutex::new(State { keys, read_at: store.now() });
        Ok(Self { store, life, state, reading: tokio::sync::Mutex::default() })
    }

    /// Does something with the key that signs now: the newest whose time has come.
    pub(super) async fn with_signer<T>(&self, sign: impl FnOnce(&SigningKey) -> Result<T> + Send) -> Result<T> {
        let now = self.store.now();
        let mut state = self.state();
        let age = now.since(state.read_at).max(state.read_at.since(now));
        if age >= MAX_AGE
            && let Ok(_turn) = self.reading.try_lock()
        {
            match self.read().await {
                Ok(()) => state = self.state(),
                Err(error) => tracing::warn!(causes = error.chain(), "the signing keys could not be read again"),
            }
        }
        let signer = state.keys.iter().rev().find(|key| key.signs_at() <= now).or(state.keys.first());
        sign(signer.ok_or_else(vanished)?)
    }

    /// The public halves of all keys as the text of a JWK Set (RFC 7517), from the table.
    pub(super) async fn published(&self) -> Result<String> {
        self.read().await?;
        let keys: Vec<Value> = self.state().keys.iter().map(SigningKey::jwk).collect();
        Ok(json!({ "keys": keys }).to_string())
    }

    async fn read(&self) -> Result<()> {
        let keys = rotate(&self.store, self.life).await?;
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { keys, read_at: self.store.now() };
        Ok(())
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The keys of the table after what was due was done.
async fn rotate(store: &Store, life: Duration) -> Result<Arc<[SigningKey]>> {
    let mut records = all(store).await?;
    let rotation = Rotation::due(&records, life, store.now());
    if !rotation.is_nothing() {
        carry_out(store, &rotation).await?;
        records = all(store).await?;
    }
    if records.is_empty() {
        return Err(vanished());
    }
    records.iter().map(SigningKey::read).collect()
}

/// Processes that find the same key due end with the same one: they write it under one number, and the first keeps its own.
async fn carry_out(store: &Store, rotation: &Rotation) -> Result<()> {
    if let Some(number) = rotation.make {
        let mut transaction = store.transaction();
        transaction.create(&SigningRecord::generate(number, store.now())?)?;
        match store.commit(transaction).await {
            Ok(()) => tracing::info!(number, "a new signing key"),
            Err(error) if error.kind() == Kind::Conflict => {}
            Err(error) => return Err(error),
        }
    }
    for number in &rotation.remove {
        let mut transaction = store.transaction();
        transaction.delete(keys::signing(*number), Condition::Always);
        store.commit(transaction).await?;
        tracing::info!(number, "an old signing key was removed");
    }
    Ok(())
}

async fn all(store: &Store) -> Result<Vec<SigningRecord>> {
    let query = Query::prefix(keys::signing(FIRST).pk, keys::prefix::KEY);
    let records = query_all(store.table.as_ref(), query).await?;
    records.iter().map(|record| Ok(Stored::read(record)?.value)).collect()
}

fn vanished() -> Error {
    Error::new(Kind::Unavailable, "the signing key vanished while it was made")
}
