//! What is held of a person: shown, and removed.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::clock::ManualClock;
use wishlist_core::error::Kind;
use wishlist_core::table::{Change, Condition, Key, keys};
use wishlist_identity::local::Confirmation;
use wishlist_identity::{Account, Provider, Secret};

use crate::mortal::Mortal;
use crate::witness::Witness;
use crate::{EMAIL, PASSWORD, START, World, refresh_token, sign_up};

/// A person with everything that can be held of one: sessions that go on, that were refreshed again and again, that are
/// over; a code, wrong passwords, and a stranger's sign-up with their address.
async fn lived_in() -> (World, Arc<Witness>, Account) {
    let clock = Arc::new(ManualClock::new(START));
    let table = Witness::new(clock.clone());
    let world = World::over_with(table.clone(), clock, Confirmation::ByCode).await;
    let alice = world.confirmed(EMAIL).await;
    let first = refresh_token(&world.sign_in().await.tokens);
    world.provider.refresh_session(&first).await.unwrap();
    let mut token = refresh_token(&world.provider.refresh_session(&first).await.unwrap().tokens);
    for _ in 0..120 {
        world.clock.advance(Duration::from_mins(1));
        token = refresh_token(&world.provider.refresh_session(&token).await.unwrap().tokens);
    }
    world.provider.sign_out(&alice.user).await.unwrap();
    world.sign_in().await;
    world.provider.forgot_password(EMAIL).await.unwrap();
    world.try_sign_in("wrong password").await.unwrap_err();
    world.provider.sign_up(sign_up(EMAIL, "a stranger's password")).await.unwrap();
    (world, table, alice)
}

/// What is left of anybody: signing keys are nobody's.
async fn left(table: &Witness) -> Vec<Key> {
    table.left().await.into_iter().map(|record| record.key).filter(|key| key.pk != "SIGNING").collect()
}

#[tokio::test]
async fn a_person_reads_what_is_held_of_them_and_no_secret() {
    let (world, _, alice) = lived_in().await;
    let held = world.provider.export(&alice.user).await.unwrap();
    assert_eq!((held.email, held.name, held.created_at), (alice.email, alice.name, START));
    assert_eq!(held.sessions.len(), 1);
    assert_eq!(held.sessions[0].started_at, START + Duration::from_hours(2));
    let nobody = world.provider.export(&"nobody".parse().unwrap()).await.unwrap_err();
    assert_eq!(nobody.kind(), Kind::NotFound);
}

#[tokio::test]
async fn erasure_leaves_nothing_and_may_be_repeated() {
    let (world, table, alice) = lived_in().await;
    assert!(left(&table).await.len() > 100);
    world.provider.erase(&alice.user).await.unwrap();
    assert_eq!(left(&table).await, []);
    world.provider.erase(&alice.user).await.unwrap();
    assert_eq!(world.provider.export(&alice.user).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(world.try_sign_in(PASSWORD).await.unwrap_err().kind(), Kind::Unauthenticated);
    world.mailbox.take().await;
    let anew = world.confirmed(EMAIL).await;
    assert_ne!(anew.user, alice.user);
    world.provider.erase(&alice.user).await.unwrap();
    assert_eq!(world.sign_in().await.account, anew);
}

#[tokio::test]
async fn who_leaves_the_engine_is_erased_here_and_cannot_sign_in() {
    let (world, table, alice) = lived_in().await;
    wishlist_core::operations::Identities::erase(world.provider.as_ref(), &alice.user).await.unwrap();
    assert_eq!(left(&table).await, []);
    assert_eq!(world.try_sign_in(PASSWORD).await.unwrap_err().kind(), Kind::Unauthenticated);
}

#[tokio::test]
async fn nobody_else_loses_anything() {
    let (world, _, alice) = lived_in().await;
    world.mailbox.take().await;
    let bob = world.confirmed("bob@example.com").await;
    world.provider.erase(&alice.user).await.unwrap();
    assert_eq!(world.provider.export(&bob.user).await.unwrap().email, bob.email);
    assert!(world.provider.sign_in("bob@example.com", &Secret::from(PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn an_erasure_that_died_anywhere_is_finished_by_the_next() {
    let mut died = 0;
    for commits in 0.. {
        let (world, table, alice) = lived_in().await;
        let mortal = Arc::new(Mortal::after(commits, table.clone()));
        let dying = World::over(mortal, world.clock.clone()).await;
        let outcome = dying.provider.erase(&alice.user).await;
        died += usize::from(outcome.is_err());
        world.provider.erase(&alice.user).await.unwrap();
        assert_eq!(left(&table).await, [], "died at commit {commits}");
        if outcome.is_ok() {
            break;
        }
    }
    assert!(died >= 5, "{died}");
}

#[tokio::test]
async fn a_user_of_an_older_file_is_found_by_a_session_and_by_the_next_sign_in() {
    for signs_in in [false, true] {
        let (world, table, alice) = lived_in().await;
        let pointer = keys::my_login(&alice.user);
        world.table.commit(vec![Change::Delete(pointer.clone(), Condition::Present)]).await.unwrap();
        if signs_in {
            world.sign_in().await;
            assert!(world.table.get(&[pointer]).await.unwrap()[0].is_some());
        }
        assert_eq!(world.provider.export(&alice.user).await.unwrap().email, alice.email);
        world.provider.erase(&alice.user).await.unwrap();
        assert_eq!(left(&table).await, []);
    }
}
