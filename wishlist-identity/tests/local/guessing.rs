//! Passwords and codes that are guessed, one by one and all at once.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::error::{Error, Kind};
use wishlist_identity::{Provider, Secret};

use crate::{EMAIL, World};

fn wait(error: &Error) -> Option<u64> {
    assert_eq!(error.retry_after().is_some(), error.kind() == Kind::RateLimited);
    error.retry_after().map(|wait| wait.as_secs())
}

#[tokio::test]
async fn after_five_wrong_passwords_the_next_has_to_wait_known_address_or_not() {
    let (world, _) = World::with_alice().await;
    for email in [EMAIL, "nobody@example.com"] {
        let wrong = Secret::from("wrong password");
        for _ in 0..5 {
            let error = world.provider.sign_in(email, &wrong).await.unwrap_err();
            assert_eq!((error.kind(), wait(&error)), (Kind::Unauthenticated, None));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            let before = world.provider.hashes_computed();
            let error = world.provider.sign_in(email, &wrong).await.unwrap_err();
            assert_eq!(wait(&error), Some(seconds), "{email}");
            assert_eq!(world.provider.hashes_computed(), before, "a refusal costs no hash");
            world.clock.advance(Duration::from_secs(seconds));
            let error = world.provider.sign_in(email, &wrong).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Unauthenticated);
        }
    }
}

#[tokio::test]
async fn the_right_password_has_to_wait_as_well_and_then_starts_anew() {
    let (world, _) = World::with_alice().await;
    for _ in 0..5 {
        world.try_sign_in("wrong password").await.unwrap_err();
    }
    assert_eq!(world.try_sign_in(crate::PASSWORD).await.unwrap_err().kind(), Kind::RateLimited);
    world.clock.advance(Duration::from_secs(1));
    world.sign_in().await;
    for _ in 0..5 {
        assert_eq!(world.try_sign_in("wrong password").await.unwrap_err().kind(), Kind::Unauthenticated);
    }
}

#[tokio::test]
async fn a_sign_up_beside_an_account_gives_no_further_guesses() {
    let world = World::by_code().await;
    world.confirmed(EMAIL).await;
    let own = "the guesser's own";
    world.provider.sign_up(crate::sign_up(EMAIL, own)).await.unwrap();
    for _ in 0..5 {
        assert_eq!(world.try_sign_in("wrong password").await.unwrap_err().kind(), Kind::Unauthenticated);
        world.clock.advance(Duration::from_secs(1));
        let kind = world.try_sign_in(own).await.unwrap_err().kind();
        assert_eq!(kind, Kind::Forbidden);
    }
    assert_eq!(world.try_sign_in("wrong password").await.unwrap_err().kind(), Kind::Unauthenticated);
    assert_eq!(world.try_sign_in(own).await.unwrap_err().kind(), Kind::RateLimited);
}

#[tokio::test]
async fn wrong_passwords_are_forgotten_after_a_day() {
    let (world, _) = World::with_alice().await;
    for _ in 0..4 {
        world.try_sign_in("wrong password").await.unwrap_err();
    }
    world.clock.advance(Duration::from_hours(24));
    for _ in 0..5 {
        assert_eq!(world.try_sign_in("wrong password").await.unwrap_err().kind(), Kind::Unauthenticated);
    }
}

/// How often a guess got through, of `guesses` at once.
async fn through<F>(guesses: usize, guess: impl Fn(usize) -> F) -> usize
where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    let all: Vec<_> = (0..guesses).map(|number| tokio::spawn(guess(number))).collect();
    let mut through = 0;
    for guess in all {
        let error = guess.await.unwrap().unwrap_err();
        through += usize::from(matches!(error.kind(), Kind::Unauthenticated | Kind::Invalid));
    }
    through
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_passwords_at_once_five_are_tried() {
    let (world, _) = World::with_alice().await;
    for email in [EMAIL, "nobody@example.com"] {
        let guesses = through(40, |number| {
            let provider = Arc::clone(&world.provider);
            async move { provider.sign_in(email, &Secret::from(format!("guess {number}"))).await.map(drop) }
        });
        let through = guesses.await;
        assert!((1..=5).contains(&through), "{email}: {through}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_codes_at_once_five_are_tried() {
    let (world, _) = World::with_alice().await;
    world.provider.forgot_password(EMAIL).await.unwrap();
    through(40, |number| {
        let provider = Arc::clone(&world.provider);
        let code = Secret::from(format!("{number:07}"));
        async move { provider.reset_password(EMAIL, &code, &Secret::from("a new password")).await }
    })
    .await;
    let code = world.mailbox.code().await;
    crate::assert_wrong_code(world.provider.reset_password(EMAIL, &code, &Secret::from("a new password")).await);
}
