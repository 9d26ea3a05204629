//! Signing up, in and out, and which tokens are taken.

use std::time::Duration;

use serde_json::{Value, json};

use crate::forgeries;
use crate::world::{PASSWORD, Person, World};

#[tokio::test]
async fn a_person_signs_up_in_and_out() {
    let world = World::new().await;
    let new = json!({"email": "Alice@example.com", "password": PASSWORD, "name": "Alice"});
    let made = world.post("/v1/auth/sign-up").json(&new).is(201).await;
    assert_eq!((made.location().as_str(), &made.json()["confirmationRequired"]), ("/v1/me", &json!(false)));
    let credentials = json!({"email": "alice@EXAMPLE.com", "password": PASSWORD});
    let session = world.post("/v1/auth/sign-in").json(&credentials).is(200).await.json();
    assert_eq!((&session["tokenType"], &session["expiresIn"]), (&json!("Bearer"), &json!(3600)));
    let alice = Person { session };
    let me = world.get("/v1/me").by(&alice).is(200).await.json();
    assert_eq!(
        me,
        json!({"userId": made.json()["userId"], "email": "Alice@example.com", "name": "Alice", "version": 1})
    );
    let next = world.post("/v1/auth/refresh").json(&refresh(&alice)).is(200).await.json();
    let alice = Person { session: next };
    assert!(world.post("/v1/auth/sign-out").by(&alice).is(204).await.body.is_empty());
    assert_eq!(world.post("/v1/auth/refresh").json(&refresh(&alice)).is(401).await.code(), "unauthenticated");
}

fn refresh(person: &Person) -> Value {
    json!({"refreshToken": person.session["refreshToken"]})
}

#[tokio::test]
async fn a_known_address_is_a_conflict() {
    let world = World::new().await;
    world.person("alice").await;
    let again = json!({"email": "ALICE@example.com", "password": "another password"});
    assert_eq!(world.post("/v1/auth/sign-up").json(&again).is(409).await.code(), "conflict");
}

#[tokio::test]
async fn every_wrong_field_of_a_sign_up_is_named() {
    let world = World::new().await;
    let wrong = json!({"email": "alice", "password": "short", "name": ""});
    let answer = world.post("/v1/auth/sign-up").json(&wrong).is(400).await;
    assert_eq!(answer.pointers(), ["/email", "/password", "/name"]);
    assert!(!answer.text().contains("short"));
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_one_answer() {
    let world = World::new().await;
    world.person("alice").await;
    let mut answers = Vec::new();
    for (email, password) in [("alice@example.com", "wrong password"), ("bob@example.com", PASSWORD), ("", "")] {
        let credentials = json!({"email": email, "password": password});
        answers.push(world.post("/v1/auth/sign-in").json(&credentials).is(401).await.seen());
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_for_who_lost_the_answer() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world.post("/v1/auth/refresh").json(&refresh(&alice)).is(200).await;
    world.clock.advance(Duration::from_secs(29));
    world.post("/v1/auth/refresh").json(&refresh(&alice)).is(200).await;
    world.clock.advance(Duration::from_secs(1));
    world.post("/v1/auth/refresh").json(&refresh(&alice)).is(401).await;
}

#[tokio::test]
async fn whatever_is_wrong_with_a_token_the_answer_is_one() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let without = world.get("/v1/me").is(401).await;
    assert_eq!(without.header("www-authenticate"), "Bearer");
    for (name, value) in forgeries::of(&alice) {
        let answer = world.get("/v1/me").header("authorization", &value).is(401).await;
        assert_eq!(answer.seen(), without.seen(), "{name}");
    }
    let twice = world.get("/v1/me").by(&alice).by(&alice).is(401).await;
    assert_eq!(twice.seen(), without.seen());
    world.get("/v1/me").header("authorization", &format!("bearer {}", alice.token())).is(200).await;
    world.clock.advance(Duration::from_secs(3600 + 31));
    assert_eq!(world.get("/v1/me").by(&alice).is(401).await.seen(), without.seen());
}

#[tokio::test]
async fn every_operation_that_needs_a_token_asks_for_it_first() {
    let world = World::new().await;
    let without = world.get("/v1/me").is(401).await;
    let mut asked = 0;
    for (method, path, operation) in crate::contract::operations() {
        let open =
            !path.starts_with("/v1/") || (path.starts_with("/v1/auth/") && operation["operationId"] != "sign_out");
        assert_eq!(operation["security"].is_null(), open, "{method} {path}");
        if open {
            continue;
        }
        let answer = world.call(&method, &path.replace(['{', '}'], "")).raw("not JSON").is(401).await;
        assert_eq!(answer.seen(), without.seen(), "{method} {path}");
        asked += 1;
    }
    assert!(asked > 20, "{asked}");
}

#[tokio::test]
async fn the_published_keys_are_public_halves_only() {
    let world = World::new().await;
    let keys = world.get("/.well-known/jwks.json").is(200).await;
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
    let keys = keys.json()["keys"].as_array().unwrap().clone();
    assert_eq!((keys.len(), &keys[0]["alg"], &keys[0]["d"]), (1, &json!("ES256"), &Value::Null));
}
