//! The key that signs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::error::{Kind, Result};
use wishlist_core::table::{Change, Key, Page, Query, Record, Table, keys};
use wishlist_identity::Provider;

use crate::mortal::Mortal;
use crate::{START, World};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

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

/// The ids of the published keys, the oldest first.
async fn published(world: &World) -> Vec<String> {
    let text = world.provider.jwks().await.unwrap().unwrap();
    let set: serde_json::Value = serde_json::from_str(&text).unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The id of the key that signs.
async fn signer(world: &World) -> String {
    use base64::Engine as _;
    let access = world.sign_in().await.tokens.access_token;
    let header = access.expose().split('.').next().unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_published_a_day_before_it_signs_and_until_all_it_signed_is_over() {
    let (world, alice) = World::with_alice().await;
    let first = signer(&world).await;
    world.clock.set(START + DAY * 29 - MINUTE);
    assert_eq!((signer(&world).await, published(&world).await), (first.clone(), vec![first.clone()]));
    world.clock.set(START + DAY * 29);
    let both = published(&world).await;
    assert_eq!((both.len(), signer(&world).await), (2, first.clone()));
    world.clock.set(START + DAY * 30 - MINUTE);
    let last = world.sign_in().await.tokens.access_token;
    assert_eq!(signer(&world).await, first);
    world.clock.set(START + DAY * 30);
    assert_eq!(signer(&world).await, both[1]);
    world.clock.advance(Duration::from_mins(58));
    assert_eq!(published(&world).await, both);
    assert_eq!(world.provider.verifier().verify(last.expose()).await.unwrap().user, alice.user);
    world.clock.advance(Duration::from_mins(62));
    assert_eq!(published(&world).await, both[1..]);
}

#[tokio::test]
async fn nobody_is_signed_out_by_a_rotation_after_a_long_rest() {
    let (world, alice) = World::with_alice().await;
    let verifier = world.provider.verifier();
    for _ in 0..100 {
        world.clock.advance(DAY * 7);
        let access = world.sign_in().await.tokens.access_token;
        assert_eq!(verifier.verify(access.expose()).await.unwrap().user, alice.user);
    }
    assert!(published(&world).await.len() <= 2);
}

#[tokio::test]
async fn a_process_takes_up_the_key_that_another_made() {
    let (world, _) = World::with_alice().await;
    let (other, first) = (world.second_provider().await, signer(&world).await);
    world.clock.set(START + DAY * 29);
    let both = {
        other.jwks().await.unwrap();
        published(&world).await
    };
    assert_eq!((both.len(), both[0].as_str()), (2, first.as_str()));
    world.clock.set(START + DAY * 30);
    assert_eq!(signer(&world).await, both[1]);
    let same = other.jwks().await.unwrap().unwrap();
    assert!(both.iter().all(|kid| same.contains(kid)));
}

#[tokio::test]
async fn a_process_that_only_signs_takes_up_the_key_that_another_made() {
    let (world, _) = World::with_alice().await;
    let (other, first) = (world.second_provider().await, signer(&world).await);
    world.clock.set(START + DAY * 29);
    other.jwks().await.unwrap();
    world.clock.set(START + DAY * 30);
    let second = signer(&world).await;
    assert_eq!(published(&world).await, [first, second]);
}

#[tokio::test]
async fn a_key_that_is_due_and_cannot_be_kept_is_no_success() {
    let (world, _) = World::with_alice().await;
    let dying = World::over(Arc::new(Mortal::after(0, Arc::clone(&world.table))), world.clock.clone()).await;
    dying.provider.jwks().await.unwrap();
    world.clock.set(START + DAY * 29);
    assert_eq!(dying.provider.jwks().await.unwrap_err().kind(), Kind::Unavailable);
}

#[tokio::test]
async fn of_two_processes_that_find_a_key_due_one_makes_it() {
    let (world, _) = World::with_alice().await;
    let other = world.second_provider().await;
    world.clock.set(START + DAY * 29);
    let (one, two) = tokio::join!(world.provider.jwks(), other.jwks());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(published(&world).await.len(), 2);
}

fn all() -> Query {
    Query::prefix(keys::signing(1).pk, keys::prefix::KEY)
}
