//! A forgotten password.

use std::time::Duration;

use wishlist_core::error::Kind;
use wishlist_identity::{Message, Provider, Secret};

use crate::{EMAIL, PASSWORD, World, assert_wrong_code, refresh_token, sign_up};

const NEW: &str = "a password of my own";

#[tokio::test]
async fn a_new_password_ends_every_session_and_every_delay() {
    let world = World::by_code().await;
    let alice = world.confirmed(EMAIL).await;
    let old = refresh_token(&world.sign_in().await.tokens);
    for _ in 0..5 {
        world.try_sign_in("wrong password").await.unwrap_err();
    }
    world.provider.forgot_password("alice@example.com").await.unwrap();
    let mails = world.mailbox.take().await;
    assert_eq!(mails[0].to.as_str(), EMAIL);
    let Message::Reset(code) = &mails[0].message else { panic!("{mails:?}") };
    world.provider.reset_password(EMAIL, code, &Secret::from(NEW)).await.unwrap();
    assert_eq!(world.provider.refresh_session(&old).await.unwrap_err().kind(), Kind::Unauthenticated);
    assert_eq!(world.try_sign_in(PASSWORD).await.unwrap_err().kind(), Kind::Unauthenticated);
    let session = world.try_sign_in(NEW).await.unwrap();
    assert_eq!(session.account, alice);
    assert!(world.provider.refresh_session(&refresh_token(&session.tokens)).await.is_ok());
    assert_eq!(world.provider.export(&alice.user).await.unwrap().sessions.len(), 1);
    assert_wrong_code(world.provider.reset_password(EMAIL, code, &Secret::from(NEW)).await);
}

#[tokio::test]
async fn a_reset_confirms_the_address() {
    let world = World::by_code().await;
    let made = world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let unused = world.mailbox.code().await;
    world.provider.forgot_password(EMAIL).await.unwrap();
    let code = world.mailbox.code().await;
    world.provider.reset_password(EMAIL, &code, &Secret::from(NEW)).await.unwrap();
    assert_eq!(world.try_sign_in(NEW).await.unwrap().account, made.account);
    assert_wrong_code(world.provider.confirm_sign_up(EMAIL, &unused).await);
}

#[tokio::test]
async fn an_unknown_address_is_mailed_nothing() {
    let world = World::by_code().await;
    world.provider.forgot_password(EMAIL).await.unwrap();
    assert!(world.mailbox.take().await.is_empty());
    assert_wrong_code(world.provider.reset_password(EMAIL, &Secret::from("00000000"), &Secret::from(NEW)).await);
}

#[tokio::test]
async fn a_new_password_is_held_to_the_rules_and_the_code_stays_good() {
    let world = World::new().await;
    world.sign_up(EMAIL).await;
    world.provider.forgot_password(EMAIL).await.unwrap();
    let code = world.mailbox.code().await;
    for password in ["short", "password1", EMAIL] {
        let error = world.provider.reset_password(EMAIL, &code, &Secret::from(password)).await.unwrap_err();
        assert_eq!(error.fields()[0].pointer, "/newPassword");
    }
    world.clock.advance(Duration::from_secs(899));
    world.provider.reset_password(EMAIL, &code, &Secret::from(NEW)).await.unwrap();
}

#[tokio::test]
async fn a_code_is_too_old_after_fifteen_minutes() {
    let world = World::new().await;
    world.sign_up(EMAIL).await;
    world.provider.forgot_password(EMAIL).await.unwrap();
    let code = world.mailbox.code().await;
    world.clock.advance(Duration::from_mins(15));
    assert_wrong_code(world.provider.reset_password(EMAIL, &code, &Secret::from(NEW)).await);
    assert_eq!(world.sign_in().await.account.email.as_str(), EMAIL);
}

#[tokio::test]
async fn a_mailbox_gets_five_codes_an_hour() {
    let world = World::new().await;
    world.sign_up(EMAIL).await;
    for _ in 0..59 {
        world.provider.forgot_password(EMAIL).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(world.mailbox.take().await.len(), 5);
}
