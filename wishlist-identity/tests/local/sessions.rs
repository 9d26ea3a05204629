//! Refresh and sign-out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Barrier;
use wishlist_core::clock::ManualClock;
use wishlist_core::error::{Error, Kind, Result};
use wishlist_core::table::{Change, Condition, EmbeddedTable, Key, Page, Query, Record, Table};
use wishlist_identity::{LocalProvider, Provider, Refreshed, Secret};

use crate::{EMAIL, START, World, refresh_token};

async fn refresh(provider: &LocalProvider, token: &Secret) -> Result<Refreshed> {
    provider.refresh_session(token).await
}

fn assert_refused(outcome: Result<Refreshed>) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthenticated);
    assert_eq!(error.to_string(), "the refresh token is not valid; sign in again");
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_person() {
    let (world, alice) = World::with_alice().await;
    let first = world.sign_in().await.tokens;
    world.clock.advance(Duration::from_hours(2));
    let next = refresh(&world.provider, &refresh_token(&first)).await.unwrap();
    assert_eq!(next.account, alice);
    assert_ne!(refresh_token(&next.tokens), refresh_token(&first));
    let caller = world.provider.verifier().verify(next.tokens.access_token.expose()).await.unwrap();
    assert_eq!(caller.user, alice.user);
}

#[tokio::test]
async fn a_token_that_comes_back_ends_its_session_and_no_other() {
    let (world, _) = World::with_alice().await;
    let (stolen, other) = (refresh_token(&world.sign_in().await.tokens), refresh_token(&world.sign_in().await.tokens));
    let second = refresh(&world.provider, &stolen).await.unwrap();
    let third = refresh(&world.provider, &refresh_token(&second.tokens)).await.unwrap();
    world.clock.advance(Duration::from_secs(30));
    assert_refused(refresh(&world.provider, &stolen).await);
    assert_refused(refresh(&world.provider, &refresh_token(&third.tokens)).await);
    assert_refused(refresh(&world.provider, &refresh_token(&second.tokens)).await);
    assert!(refresh(&world.provider, &other).await.is_ok());
}

#[tokio::test]
async fn a_token_that_was_never_given_out_is_refused() {
    let (world, _) = World::with_alice().await;
    let good = refresh_token(&world.sign_in().await.tokens);
    for forged in ["", "x", &"A".repeat(43), &format!("{} ", good.expose()), &"x".repeat(100_000)] {
        assert_refused(refresh(&world.provider, &Secret::from(forged)).await);
    }
    assert!(refresh(&world.provider, &good).await.is_ok());
}

#[tokio::test]
async fn a_session_ends_thirty_days_after_its_sign_in_however_often_it_was_refreshed() {
    let (world, _) = World::with_alice().await;
    let mut token = refresh_token(&world.sign_in().await.tokens);
    for _ in 0..30 {
        world.clock.advance(Duration::from_millis(24 * 3_600_000 - 1));
        token = refresh_token(&refresh(&world.provider, &token).await.unwrap().tokens);
    }
    world.clock.advance(Duration::from_millis(30));
    assert_refused(refresh(&world.provider, &token).await);
}

#[tokio::test]
async fn signing_out_ends_every_session_of_the_user_and_nobody_elses() {
    let (world, alice) = World::with_alice().await;
    world.sign_up("bob@example.com").await;
    let bob = world.provider.sign_in("bob@example.com", &Secret::from(crate::PASSWORD)).await.unwrap();
    let mut tokens = Vec::new();
    for _ in 0..150 {
        tokens.push(refresh_token(&world.sign_in().await.tokens));
    }
    world.provider.sign_out(&alice.user).await.unwrap();
    for token in &tokens {
        assert_refused(refresh(&world.provider, token).await);
    }
    assert!(refresh(&world.provider, &refresh_token(&bob.tokens)).await.is_ok());
    world.provider.sign_out(&alice.user).await.unwrap();
    let again = world.sign_in().await;
    assert!(refresh(&world.provider, &refresh_token(&again.tokens)).await.is_ok());
}

#[tokio::test]
async fn a_client_that_lost_the_answer_gets_another_of_the_same_session() {
    let (world, alice) = World::with_alice().await;
    let first = refresh_token(&world.sign_in().await.tokens);
    let lost = refresh_token(&refresh(&world.provider, &first).await.unwrap().tokens);
    world.clock.advance(Duration::from_millis(29_999));
    let again = refresh(&world.provider, &first).await.unwrap();
    assert_eq!(again.account, alice);
    let again = refresh_token(&again.tokens);
    assert_ne!(again, lost);
    assert_eq!(world.provider.export(&alice.user).await.unwrap().sessions.len(), 1);
    world.clock.advance(Duration::from_hours(1));
    let next = refresh_token(&refresh(&world.provider, &again).await.unwrap().tokens);
    world.clock.advance(Duration::from_secs(30));
    assert_refused(refresh(&world.provider, &lost).await);
    assert_refused(refresh(&world.provider, &next).await);
}

#[tokio::test]
async fn after_half_a_minute_a_token_that_comes_back_ends_its_session() {
    let (world, _) = World::with_alice().await;
    let first = refresh_token(&world.sign_in().await.tokens);
    let next = refresh_token(&refresh(&world.provider, &first).await.unwrap().tokens);
    world.clock.advance(Duration::from_secs(30));
    assert_refused(refresh(&world.provider, &first).await);
    assert_refused(refresh(&world.provider, &next).await);
}

/// A table whose first readings of a session wait for each other, so that both callers decide on the same state.
#[derive(Debug)]
struct Meeting {
    table: EmbeddedTable,
    readings: AtomicUsize,
    both: Barrier,
}

#[async_trait]
impl Table for Meeting {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        let found = self.table.get(keys).await;
        let of_session = keys.iter().any(|key| key.sk.starts_with("SESSION#"));
        if of_session && self.readings.fetch_add(1, Ordering::SeqCst) < 2 {
            self.both.wait().await;
        }
        found
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.table.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        self.table.commit(changes).await
    }
}

#[tokio::test]
async fn of_two_refreshes_at_once_each_is_answered_and_the_session_goes_on() {
    let clock = Arc::new(ManualClock::new(START));
    let table = EmbeddedTable::in_memory(clock.clone()).unwrap();
    let world =
        World::over(Arc::new(Meeting { table, readings: AtomicUsize::new(0), both: Barrier::new(2) }), clock).await;
    world.sign_up(EMAIL).await;
    let token = refresh_token(&world.sign_in().await.tokens);
    let second = world.second_provider().await;
    let (one, two) = tokio::join!(refresh(&world.provider, &token), refresh(&second, &token));
    let (one, two) = (refresh_token(&one.unwrap().tokens), refresh_token(&two.unwrap().tokens));
    assert_ne!(one, two);
    world.clock.advance(Duration::from_hours(1));
    let kept = refresh_token(&refresh(&world.provider, &two).await.unwrap().tokens);
    world.clock.advance(Duration::from_hours(1));
    assert!(refresh(&world.provider, &kept).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_refreshes_on_many_threads_all_are_of_one_session() {
    for _ in 0..10 {
        let (world, alice) = World::with_alice().await;
        let token = refresh_token(&world.sign_in().await.tokens);
        let callers: Vec<_> = (0..4)
            .map(|_| {
                let (provider, token) = (Arc::clone(&world.provider), token.clone());
                tokio::spawn(async move { provider.refresh_session(&token).await })
            })
            .collect();
        let mut answered = Vec::new();
        for caller in callers {
            answered.push(refresh_token(&caller.await.unwrap().unwrap().tokens));
        }
        assert_eq!(world.provider.export(&alice.user).await.unwrap().sessions.len(), 1);
        world.clock.advance(Duration::from_secs(30));
        assert!(refresh(&world.provider, &answered[0]).await.is_ok());
        world.clock.advance(Duration::from_secs(30));
        assert_refused(refresh(&world.provider, &answered[1]).await);
        assert!(world.provider.export(&alice.user).await.unwrap().sessions.is_empty());
    }
}

/// A table on which every commit of a session loses its race.
#[derive(Debug)]
struct Contended(EmbeddedTable, AtomicUsize);

#[async_trait]
impl Table for Contended {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.0.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.0.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let of_session = |change: &Change| change.key().sk.starts_with("SESSION#");
        let is_exchange =
            changes.iter().any(|change| of_session(change) && matches!(change.condition(), Condition::Revision(_)));
        if is_exchange {
            self.1.fetch_add(1, Ordering::SeqCst);
            return Err(Error::new(Kind::Conflict, "another was first"));
        }
        self.0.commit(changes).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_race_that_is_always_lost_is_given_up() {
    let clock = Arc::new(ManualClock::new(START));
    let table = Arc::new(Contended(EmbeddedTable::in_memory(clock.clone()).unwrap(), AtomicUsize::new(0)));
    let world = World::over(table.clone(), clock).await;
    world.sign_up(EMAIL).await;
    let token = refresh_token(&world.sign_in().await.tokens);
    let error = refresh(&world.provider, &token).await.unwrap_err();
    assert_eq!((error.kind(), table.1.load(Ordering::SeqCst)), (Kind::Unavailable, 8));
}
