//! Sign-ups that are confirmed by a mailed code.

use std::time::Duration;

use wishlist_core::error::Kind;
use wishlist_identity::{Message, Provider, Secret};

use crate::{EMAIL, PASSWORD, World, assert_wrong_code, sign_up};

const OTHER: &str = "somebody else's password";

#[tokio::test]
async fn an_address_is_confirmed_by_its_code_before_the_first_sign_in() {
    let world = World::by_code().await;
    let made = world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    assert!(made.confirmation_required);
    let refused = world.try_sign_in(PASSWORD).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Forbidden);
    assert_eq!(world.try_sign_in("wrong password").await.unwrap_err().kind(), Kind::Unauthenticated);
    let mails = world.mailbox.take().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, EMAIL));
    let code = mails[0].message.code().unwrap();
    world.provider.confirm_sign_up("alice@example.COM", code).await.unwrap();
    assert_eq!(world.sign_in().await.account, made.account);
    assert_wrong_code(world.provider.confirm_sign_up(EMAIL, code).await);
}

#[tokio::test]
async fn a_known_address_is_answered_like_a_new_one_and_its_owner_is_told() {
    let world = World::by_code().await;
    let alice = world.confirmed(EMAIL).await;
    world.clock.advance(Duration::from_mins(1));
    let again = world.provider.sign_up(sign_up("ALICE@example.com", OTHER)).await.unwrap();
    assert!(again.confirmation_required && again.account.user != alice.user);
    let mails = world.mailbox.take().await;
    assert_eq!((mails[0].to.as_str(), &mails[0].message), (EMAIL, &Message::AlreadyKnown));
    assert_eq!(world.sign_in().await.account, alice);
    // As for a new address: an answer of its own would tell that this one is known.
    assert_eq!(world.try_sign_in(OTHER).await.unwrap_err().kind(), Kind::Forbidden);
    world.provider.resend_code(EMAIL).await.unwrap();
    assert!(world.mailbox.take().await.is_empty());
    world.provider.sign_up(sign_up(EMAIL, OTHER)).await.unwrap();
    assert!(world.mailbox.take().await.is_empty(), "one mail a minute");
}

#[tokio::test]
async fn signing_up_again_with_the_same_password_changes_nothing_for_who_confirms() {
    let world = World::by_code().await;
    world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let first = world.mailbox.code().await;
    let again = world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    world.provider.confirm_sign_up(EMAIL, &first).await.unwrap();
    assert_eq!(world.sign_in().await.account, again.account);
}

#[tokio::test]
async fn nobody_gets_in_by_a_password_that_somebody_else_confirmed() {
    for (mine, order) in [("first", [PASSWORD, OTHER]), ("second", [OTHER, PASSWORD])] {
        let world = World::by_code().await;
        for password in order {
            world.provider.sign_up(sign_up(EMAIL, password)).await.unwrap();
            world.clock.advance(Duration::from_mins(1));
        }
        let mails = world.mailbox.take().await;
        assert!(matches!(mails[1].message, Message::ConfirmContested(_)), "{mails:?}");
        world.provider.confirm_sign_up(EMAIL, mails[1].message.code().unwrap()).await.unwrap();
        for password in [OTHER, PASSWORD] {
            assert_eq!(world.try_sign_in(password).await.unwrap_err().kind(), Kind::Unauthenticated, "{mine}");
        }
        world.provider.forgot_password(EMAIL).await.unwrap();
        let code = world.mailbox.code().await;
        world.provider.reset_password(EMAIL, &code, &Secret::from(PASSWORD)).await.unwrap();
        assert_eq!(world.sign_in().await.account.name, None, "{mine}");
    }
}

#[tokio::test]
async fn a_contested_sign_up_stays_so() {
    let world = World::by_code().await;
    for password in [PASSWORD, OTHER, OTHER] {
        world.provider.sign_up(sign_up(EMAIL, password)).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
    }
    let code = world.mailbox.take().await.pop().unwrap().message.code().unwrap().clone();
    world.provider.confirm_sign_up(EMAIL, &code).await.unwrap();
    assert_eq!(world.try_sign_in(OTHER).await.unwrap_err().kind(), Kind::Unauthenticated);
}

#[tokio::test]
async fn a_new_code_takes_the_place_of_the_old() {
    let world = World::by_code().await;
    world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let old = world.mailbox.code().await;
    world.provider.resend_code(EMAIL).await.unwrap();
    assert!(world.mailbox.take().await.is_empty(), "one mail a minute");
    world.clock.advance(Duration::from_mins(1));
    world.provider.resend_code(EMAIL).await.unwrap();
    let new = world.mailbox.code().await;
    assert_wrong_code(world.provider.confirm_sign_up(EMAIL, &old).await);
    world.provider.confirm_sign_up(EMAIL, &new).await.unwrap();
}

#[tokio::test]
async fn what_strangers_ask_for_before_a_sign_up_does_not_hold_up_its_code() {
    let world = World::by_code().await;
    for _ in 0..10 {
        world.provider.resend_code(EMAIL).await.unwrap();
        world.provider.confirm_sign_up(EMAIL, &Secret::from("00000000")).await.unwrap_err();
    }
    assert!(world.mailbox.take().await.is_empty());
    world.confirmed(EMAIL).await;
}

#[tokio::test]
async fn a_code_is_dead_after_five_wrong_tries_and_good_for_one_purpose() {
    let world = World::by_code().await;
    world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    let code = world.mailbox.code().await;
    let password = Secret::from("another password");
    assert_wrong_code(world.provider.reset_password(EMAIL, &code, &password).await);
    for _ in 0..5 {
        assert_wrong_code(world.provider.confirm_sign_up(EMAIL, &Secret::from("1234")).await);
    }
    assert_wrong_code(world.provider.confirm_sign_up(EMAIL, &code).await);
}

#[tokio::test]
async fn what_is_not_confirmed_is_gone_after_three_days() {
    let world = World::by_code().await;
    world.provider.sign_up(sign_up(EMAIL, PASSWORD)).await.unwrap();
    world.clock.advance(Duration::from_millis(3 * 24 * 3_600_000 - 1));
    assert_eq!(world.try_sign_in(PASSWORD).await.unwrap_err().kind(), Kind::Forbidden);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(world.try_sign_in(PASSWORD).await.unwrap_err().kind(), Kind::Unauthenticated);
    world.mailbox.take().await;
    world.confirmed(EMAIL).await;
}

#[tokio::test]
async fn an_address_that_is_none_is_named() {
    let world = World::by_code().await;
    let (code, password) = (Secret::from("00000000"), Secret::from("short"));
    let refused = [
        world.provider.confirm_sign_up("alice", &code).await,
        world.provider.resend_code("alice").await,
        world.provider.forgot_password("alice").await,
        world.provider.reset_password("alice", &code, &password).await,
    ];
    let pointers = refused.map(|outcome| outcome.unwrap_err().fields().iter().map(|f| f.pointer.clone()).collect());
    let pointers: Vec<Vec<String>> = pointers.into();
    assert_eq!(pointers, [vec!["/email"], vec!["/email"], vec!["/email"], vec!["/email", "/newPassword"]]);
}
