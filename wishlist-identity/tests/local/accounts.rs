//! Sign-up and sign-in.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::error::Kind;
use wishlist_identity::{Provider, Rejection, Secret};

use crate::mortal::Mortal;
use crate::{EMAIL, PASSWORD, World, claims, sign_up};

#[tokio::test]
async fn a_person_signs_up_and_in_and_is_known_by_the_access_token() {
    let (world, alice) = World::with_alice().await;
    let session = world.sign_in().await;
    assert_eq!(session.account, alice);
    assert_eq!(session.account.email.as_str(), EMAIL);
    assert_eq!(session.account.name.as_deref(), Some("Alice"));
    assert_eq!(session.tokens.expires_in, Duration::from_hours(1));
    let caller = world.provider.verifier().verify(session.tokens.access_token.expose()).await.unwrap();
    assert_eq!(caller.user, alice.user);
}

#[tokio::test]
async fn an_access_token_carries_no_address_and_an_id_token_is_no_access_token() {
    let (world, alice) = World::with_alice().await;
    let tokens = world.sign_in().await.tokens;
    let (access, id) = (claims(&tokens.access_token), claims(&tokens.id_token));
    let names = |claims: &serde_json::Value| claims.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(names(&access), "client_id exp iat iss jti sub token_use");
    assert_eq!(names(&id), "aud email exp iat iss jti name sub token_use");
    assert_eq!((&id["email"], &id["sub"]), (&EMAIL.into(), &alice.user.as_str().into()));
    let refused = world.provider.verifier().examine(tokens.id_token.expose()).await;
    assert_eq!(refused, Err(Rejection::TokenUse));
}

#[tokio::test]
async fn an_access_token_ends_after_an_hour() {
    let (world, _) = World::with_alice().await;
    let access = world.sign_in().await.tokens.access_token;
    let verifier = world.provider.verifier();
    world.clock.advance(Duration::from_secs(3629));
    assert!(verifier.verify(access.expose()).await.is_ok());
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(verifier.examine(access.expose()).await, Err(Rejection::Expired));
}

#[tokio::test]
async fn an_address_is_known_in_any_case_and_taken_once() {
    let (world, alice) = World::with_alice().await;
    let again = world.provider.sign_up(sign_up("alice@EXAMPLE.com", "another password")).await.unwrap_err();
    assert_eq!(again.kind(), Kind::Conflict);
    assert!(again.to_string().contains("sign in instead"), "{again}");
    let session = world.provider.sign_in("ALICE@example.COM", &Secret::from(PASSWORD)).await.unwrap();
    assert_eq!(session.account, alice);
}

#[tokio::test]
async fn an_address_is_not_called_taken_because_the_table_could_not_be_written() {
    let (world, _) = World::with_alice().await;
    let dying = World::over(Arc::new(Mortal::after(0, Arc::clone(&world.table))), world.clock.clone()).await;
    let refusal = dying.provider.sign_up(sign_up("bob@example.com", PASSWORD)).await.unwrap_err();
    assert_eq!(refusal.kind(), Kind::Unavailable);
}

#[tokio::test]
async fn of_two_sign_ups_at_once_one_gets_the_address() {
    let world = World::new().await;
    let second = world.second_provider().await;
    let (one, two) = tokio::join!(
        world.provider.sign_up(sign_up(EMAIL, "the first password")),
        second.sign_up(sign_up(EMAIL, "the second password")),
    );
    assert_eq!([&one, &two].iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(one.err().or(two.err()).unwrap().kind(), Kind::Conflict);
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_told_apart_by_nothing() {
    let (world, _) = World::with_alice().await;
    let unknown = world.provider.sign_in("nobody@example.com", &Secret::from(PASSWORD)).await.unwrap_err();
    let wrong = world.provider.sign_in(EMAIL, &Secret::from("wrong password")).await.unwrap_err();
    assert_eq!(unknown.kind(), Kind::Unauthenticated);
    assert_eq!(format!("{unknown:?}"), format!("{wrong:?}"));
    for odd in ["", "not an address", "a#b\0", &"x".repeat(100_000)] {
        let error = world.provider.sign_in(odd, &Secret::from(odd)).await.unwrap_err();
        assert_eq!(format!("{error:?}"), format!("{wrong:?}"));
    }
}

#[tokio::test]
async fn every_refused_field_is_named_and_nothing_is_made() {
    let world = World::new().await;
    let mut request = sign_up("alice", "short");
    request.name = Some(String::new());
    let error = world.provider.sign_up(request).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    let pointers: Vec<_> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/email", "/password", "/name"]);
    assert!(!format!("{error:?}").contains("short"));
    assert!(world.provider.sign_in("alice", &Secret::from("short")).await.is_err());
}

#[tokio::test]
async fn a_password_that_others_would_try_first_is_refused() {
    let world = World::new().await;
    for password in ["iloveyou", "Alice@Example.com", "alice@example.com"] {
        let error = world.provider.sign_up(sign_up(EMAIL, password)).await.unwrap_err();
        assert_eq!(error.fields()[0].pointer, "/password", "{password}");
    }
    world.sign_up(EMAIL).await;
}

#[tokio::test]
async fn opening_costs_no_hash() {
    let world = World::new().await;
    assert_eq!(world.provider.hashes_computed(), 0);
    world.sign_up(EMAIL).await;
    assert_eq!(world.provider.hashes_computed(), 1);
}

#[tokio::test]
async fn nothing_shows_an_address_a_password_or_a_token() {
    let (world, _) = World::with_alice().await;
    let session = world.sign_in().await;
    let shown = format!("{session:?} {:?} {:?}", sign_up(EMAIL, PASSWORD), world.provider);
    let tokens = [&session.tokens.access_token, &session.tokens.id_token];
    for secret in [EMAIL, PASSWORD, "Example.com", tokens[0].expose(), tokens[1].expose()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
