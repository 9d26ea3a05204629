//! What is stored: a change of these snapshots is a migration.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;
use wishlist_core::clock::{ManualClock, Timestamp};
use wishlist_core::error::Result;
use wishlist_core::table::{Change, EmbeddedTable, Key, Page, Query, Record, Table};
use wishlist_identity::Provider;

use crate::{EMAIL, PASSWORD, World, refresh_token};

/// A table that remembers what was written.
#[derive(Debug)]
struct Witness(EmbeddedTable, Mutex<Vec<Record>>);

#[async_trait]
impl Table for Witness {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.0.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.0.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let written = changes.iter().filter_map(|change| match change {
            Change::Put(record, _) => Some(record.clone()),
            Change::Delete(..) | Change::Check(..) => None,
        });
        self.1.lock().unwrap().extend(written);
        self.0.commit(changes).await
    }
}

async fn written() -> (Vec<Record>, Vec<String>) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    let table = Arc::new(Witness(EmbeddedTable::in_memory(clock.clone()).unwrap(), Mutex::default()));
    let world = World::over(table.clone(), clock).await;
    world.sign_up(EMAIL).await;
    let first = refresh_token(&world.sign_in().await.tokens);
    let next = world.provider.refresh_session(&first).await.unwrap();
    let secrets = vec![first.expose().to_owned(), refresh_token(&next.tokens).expose().to_owned(), PASSWORD.to_owned()];
    let records = table.1.lock().unwrap().clone();
    (records, secrets)
}

#[tokio::test]
async fn stored_shapes_do_not_change() {
    let (records, _) = written().await;
    let mut text = String::new();
    for record in records {
        let mut body: Value = serde_json::from_str(record.body.as_json()).unwrap();
        // The key pair is new with every run.
        for name in ["kid", "pkcs8"] {
            if body.get(name).is_some() {
                body[name] = "…".into();
            }
        }
        let expires = record.expires_at.map_or("never".to_owned(), |at| at.to_string());
        writeln!(text, "{} | {}\nexpires {expires}\n{body:#}\n", record.key.pk, record.key.sk).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn neither_a_password_nor_a_refresh_token_is_stored() {
    let (records, secrets) = written().await;
    let stored = format!("{records:?}");
    for secret in secrets {
        assert!(!stored.contains(&secret));
    }
}
