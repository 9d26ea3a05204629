//! A clock that is set: nobody is locked out for ever, and no code lives longer than it should.

use std::time::Duration;

use wishlist_core::error::Kind;
use wishlist_identity::{Provider, Secret};

use crate::{EMAIL, START, World, assert_wrong_code, refresh_token};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_delay_ends_with_a_clock_that_was_set_back() {
    let (world, _) = World::with_alice().await;
    world.clock.set(START + HOUR);
    for _ in 0..5 {
        world.try_sign_in("wrong password").await.unwrap_err();
    }
    assert_eq!(world.try_sign_in(crate::PASSWORD).await.unwrap_err().kind(), Kind::RateLimited);
    world.clock.set(START);
    world.sign_in().await;
}

#[tokio::test]
async fn a_delay_ends_with_a_clock_that_was_set_forward() {
    let (world, _) = World::with_alice().await;
    for _ in 0..5 {
        world.try_sign_in("wrong password").await.unwrap_err();
    }
    world.clock.set(START + HOUR);
    world.sign_in().await;
}

#[tokio::test]
async fn a_code_does_not_outlive_a_clock_that_was_set_back_and_another_is_mailed() {
    let (world, _) = World::with_alice().await;
    world.clock.set(START + HOUR);
    world.provider.forgot_password(EMAIL).await.unwrap();
    let code = world.mailbox.code().await;
    world.clock.set(START);
    let password = Secret::from("another password");
    assert_wrong_code(world.provider.reset_password(EMAIL, &code, &password).await);
    world.provider.forgot_password(EMAIL).await.unwrap();
    let code = world.mailbox.code().await;
    world.provider.reset_password(EMAIL, &code, &password).await.unwrap();
}

#[tokio::test]
async fn a_session_goes_on_over_a_clock_that_is_set() {
    let (world, _) = World::with_alice().await;
    let mut token = refresh_token(&world.sign_in().await.tokens);
    for now in [START + HOUR, START, START + HOUR] {
        world.clock.set(now);
        token = refresh_token(&world.provider.refresh_session(&token).await.unwrap().tokens);
    }
}

#[tokio::test]
async fn tokens_are_signed_and_verified_over_a_clock_that_is_set() {
    let (world, alice) = World::with_alice().await;
    let verifier = world.provider.verifier();
    for now in [START + HOUR * 24 * 29, START, START + HOUR * 24 * 31, START + HOUR * 24 * 30, START] {
        world.clock.set(now);
        let access = world.sign_in().await.tokens.access_token;
        assert_eq!(verifier.verify(access.expose()).await.unwrap().user, alice.user, "{now}");
    }
}
