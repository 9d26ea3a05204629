//! Confirming an address, a forgotten password, and what a stranger learns by asking.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, Person, World};

const EMAIL: &str = "alice@example.com";

fn new() -> Value {
    json!({"email": EMAIL, "password": PASSWORD, "name": "Alice"})
}

fn credentials(password: &str) -> Value {
    json!({"email": EMAIL, "password": password})
}

async fn confirmed() -> (World, Person) {
    let world = World::by_code().await;
    world.post("/v1/auth/sign-up").json(&new()).is(201).await;
    let code = world.mailbox.code().await.unwrap();
    world.post("/v1/auth/confirm").json(&json!({"email": EMAIL, "code": code})).is(204).await;
    let session = world.post("/v1/auth/sign-in").json(&credentials(PASSWORD)).is(200).await.json();
    (world, Person { session })
}

#[tokio::test]
async fn a_person_confirms_their_address_and_signs_in() {
    let world = World::by_code().await;
    let made = world.post("/v1/auth/sign-up").json(&new()).is(201).await.json();
    assert_eq!(made["confirmationRequired"], json!(true));
    let unconfirmed = world.post("/v1/auth/sign-in").json(&credentials(PASSWORD)).is(403).await;
    assert_eq!(unconfirmed.code(), "forbidden");
    world.post("/v1/auth/sign-in").json(&credentials("wrong password")).is(401).await;
    world.clock.advance(Duration::from_mins(1));
    assert!(world.post("/v1/auth/resend-code").json(&json!({"email": EMAIL})).is(202).await.body.is_empty());
    let code = world.mailbox.code().await.unwrap();
    let confirm = json!({"email": EMAIL, "code": code});
    assert!(world.post("/v1/auth/confirm").json(&confirm).is(204).await.body.is_empty());
    let session = world.post("/v1/auth/sign-in").json(&credentials(PASSWORD)).is(200).await.json();
    let me = world.get("/v1/me").by(&Person { session }).is(200).await.json();
    assert_eq!(me, json!({"userId": made["userId"], "email": EMAIL, "name": "Alice", "version": 1}));
    assert_eq!(world.post("/v1/auth/confirm").json(&confirm).is(400).await.pointers(), ["/code"]);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_every_session_ends() {
    let (world, alice) = confirmed().await;
    assert!(world.post("/v1/auth/forgot-password").json(&json!({"email": EMAIL})).is(202).await.body.is_empty());
    let code = world.mailbox.code().await.unwrap();
    let reset = |password: &str| json!({"email": EMAIL, "code": code, "newPassword": password});
    let refused = world.post("/v1/auth/reset-password").json(&reset("iloveyou")).is(400).await;
    assert_eq!(refused.pointers(), ["/newPassword"]);
    assert!(world.post("/v1/auth/reset-password").json(&reset("a new password")).is(204).await.body.is_empty());
    world.post("/v1/auth/sign-in").json(&credentials(PASSWORD)).is(401).await;
    world.post("/v1/auth/sign-in").json(&credentials("a new password")).is(200).await;
    let old = json!({"refreshToken": alice.session["refreshToken"]});
    world.post("/v1/auth/refresh").json(&old).is(401).await;
    assert_eq!(
        world.post("/v1/auth/reset-password").json(&reset("a new password")).is(400).await.pointers(),
        ["/code"]
    );
}

#[tokio::test]
async fn too_many_wrong_passwords_have_to_wait() {
    let (world, _) = confirmed().await;
    for email in [EMAIL, "nobody@example.com"] {
        let wrong = json!({"email": email, "password": "wrong password"});
        for _ in 0..5 {
            world.post("/v1/auth/sign-in").json(&wrong).is(401).await;
        }
        let refused = world.post("/v1/auth/sign-in").json(&wrong).is(429).await;
        assert_eq!((refused.code(), refused.header("retry-after")), ("rate_limited".to_owned(), "1"));
        world.clock.advance(Duration::from_secs(1));
        world.post("/v1/auth/sign-in").json(&wrong).is(401).await;
        world.clock.advance(Duration::from_millis(500));
        assert_eq!(world.post("/v1/auth/sign-in").json(&wrong).is(429).await.header("retry-after"), "2");
    }
}

/// What a stranger can ask about an address, and what they are answered each time.
async fn questions(world: &World, email: &str) -> Vec<Answer> {
    let wrong = "not what it is";
    let (code, address) = (json!({"email": email, "code": "00000000"}), json!({"email": email}));
    let reset = json!({"email": email, "code": "00000000", "newPassword": wrong});
    let credentials = json!({"email": email, "password": wrong});
    let calls = [
        ("resend-code", &address),
        ("confirm", &code),
        ("forgot-password", &address),
        ("forgot-password", &address),
        ("reset-password", &reset),
        ("sign-in", &credentials),
        ("sign-up", &credentials),
        ("sign-in", &credentials),
        ("sign-up", &credentials),
        ("resend-code", &address),
        ("confirm", &code),
    ];
    let mut answers = Vec::new();
    for (path, body) in calls {
        answers.push(world.post(&format!("/v1/auth/{path}")).json(body).send().await);
    }
    answers
}

#[tokio::test]
async fn no_answer_tells_a_stranger_whether_an_address_is_known() {
    let (world, _) = confirmed().await;
    let (known, unknown) = (questions(&world, EMAIL).await, questions(&world, "nobody@example.com").await);
    for (known, unknown) in known.iter().zip(&unknown) {
        let seen = |answer: &Answer| {
            let text = format!("{:?}", answer.seen());
            // The one part that is new with every sign-up.
            match answer.status.as_u16() {
                201 => text.replace(answer.json()["userId"].as_str().unwrap(), "ID"),
                _ => text,
            }
        };
        assert_eq!(seen(known), seen(unknown));
    }
    let statuses: Vec<u16> = known.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [202, 400, 202, 202, 400, 401, 201, 403, 201, 202, 400]);
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let world = World::by_code().await;
    let rows = [
        ("confirm", json!({"email": "alice", "code": "1"}), vec!["/email"]),
        ("confirm", json!({"email": EMAIL}), vec!["/code"]),
        ("confirm", json!({"email": EMAIL, "code": 1_234_567}), vec!["/code"]),
        ("confirm", json!({"email": EMAIL, "code": "1", "password": "x"}), vec!["/password"]),
        ("resend-code", json!({"email": "alice"}), vec!["/email"]),
        ("resend-code", json!({"email": EMAIL, "canary": 1}), vec!["/canary"]),
        ("forgot-password", json!({}), vec!["/email"]),
        (
            "reset-password",
            json!({"email": "alice", "code": "1", "newPassword": "short"}),
            vec!["/email", "/newPassword"],
        ),
        ("reset-password", json!({"email": EMAIL, "code": "1", "newPassword": EMAIL}), vec!["/newPassword"]),
    ];
    for (path, body, pointers) in rows {
        let answer = world.post(&format!("/v1/auth/{path}")).json(&body).is(400).await;
        assert_eq!(answer.pointers(), pointers, "{path} {body}");
    }
}
