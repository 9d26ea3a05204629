//! The key that signs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use wishlist_core::error::Result;
use wishlist_core::table::{Change, Key, Page, Query, Record, Table, keys};
use wishlist_identity::Provider;

use crate::World;

/// A table as a process sees it that read it just before another wrote.
#[derive(Debug)]
struct Late(Arc<dyn Table>, AtomicBool);

#[async_trait]
impl Table for Late {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.0.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        if self.1.swap(false, Ordering::SeqCst) {
            return Ok(Page { items: Vec::new(), next: None });
        }
        self.0.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        self.0.commit(changes).await
    }
}

#[tokio::test]
async fn of_two_first_starts_at_once_the_later_takes_the_key_of_the_first() {
    let (first, alice) = World::with_alice().await;
    let access = first.sign_in().await.tokens.access_token;
    let late = Arc::new(Late(Arc::clone(&first.table), AtomicBool::new(true)));
    let second = World::over(late, first.clock.clone()).await;
    assert_eq!(first.table.query(&all()).await.unwrap().items.len(), 1);
    assert_eq!(second.provider.verifier().verify(access.expose()).await.unwrap().user, alice.user);
    let access = second.sign_in().await.tokens.access_token;
    assert_eq!(first.provider.verifier().verify(access.expose()).await.unwrap().user, alice.user);
}

#[tokio::test]
async fn a_restart_keeps_the_key() {
    let (world, alice) = World::with_alice().await;
    let access = world.sign_in().await.tokens.access_token;
    let restarted = world.second_provider().await;
    assert_eq!(restarted.verifier().verify(access.expose()).await.unwrap().user, alice.user);
}

#[tokio::test]
async fn only_the_public_half_is_published() {
    let world = World::new().await;
    let text = world.provider.jwks().await.unwrap().unwrap();
    let set: serde_json::Value = serde_json::from_str(&text).unwrap();
    let key = set["keys"][0].as_object().unwrap();
    let names: Vec<_> = key.keys().map(String::as_str).collect();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(set["keys"].as_array().unwrap().len(), 1);
}

fn all() -> Query {
    Query::prefix(keys::signing(1).pk, keys::prefix::KEY)
}
