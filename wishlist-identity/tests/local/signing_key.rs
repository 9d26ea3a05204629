//! The key that signs.

use wishlist_core::table::{Query, keys};
use wishlist_identity::{Provider, Secret};

use crate::{EMAIL, PASSWORD, World};

#[tokio::test]
async fn first_starts_at_once_end_with_one_key() {
    let world = World::new().await;
    for record in world.table.query(&all()).await.unwrap().items {
        let mut erase = wishlist_core::table::Transaction::new(&world.ids);
        erase.delete(record.key, wishlist_core::table::Condition::Present);
        erase.commit(world.table.as_ref()).await.unwrap();
    }
    let (one, two, three) = tokio::join!(world.second_provider(), world.second_provider(), world.second_provider());
    assert_eq!(world.table.query(&all()).await.unwrap().items.len(), 1);
    world.sign_up(EMAIL).await;
    for (signer, verifier) in [(&one, &two), (&two, &three), (&three, &one)] {
        let session = signer.sign_in(EMAIL, &Secret::from(PASSWORD)).await.unwrap();
        assert!(verifier.verifier().verify(session.tokens.access_token.expose()).await.is_ok());
    }
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
