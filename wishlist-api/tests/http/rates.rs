//! How often one caller may call.

use std::num::NonZeroU32;

use axum::http::Method;
use serde_json::json;
use wishlist_api::HttpRules;

use crate::world::{Answer, Call, World};

/// More calls than any machine makes while one more is granted a second.
const MANY: usize = 10_000;

async fn world() -> World {
    let proxy = "10.0.0.0/8".parse().unwrap();
    let rules =
        HttpRules { calls_per_second: NonZeroU32::new(1), trusted_proxies: vec![proxy], ..HttpRules::default() };
    World::new().await.under(&rules)
}

/// The first refusal of the same call over and over.
async fn until_refused(call: impl Fn() -> Call) -> Answer {
    for _ in 0..MANY {
        let answer = call().send().await;
        if answer.status == 429 {
            return answer;
        }
    }
    panic!("{MANY} calls were taken")
}

#[tokio::test]
async fn who_calls_too_often_is_told_when_to_come_again() {
    let world = world().await;
    let refused = until_refused(|| world.get("/openapi.json").from([192, 0, 2, 1])).await;
    assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("rate_limited", "1"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn each_user_and_each_address_is_counted_alone() {
    let unlimited = World::new().await;
    let (alice, bob) = (unlimited.person("alice").await, unlimited.person("bob").await);
    let rules = HttpRules { calls_per_second: NonZeroU32::new(1), ..HttpRules::default() };
    let world = unlimited.under(&rules);
    let here = [192, 0, 2, 1];
    until_refused(|| world.get("/v1/me").by(&alice).from(here)).await;
    world.get("/v1/me").by(&bob).from(here).is(200).await;
    // Who is no user is counted by address, whatever the token.
    until_refused(|| world.get("/v1/me").header("authorization", "Bearer x").from(here)).await;
    world.get("/v1/me").from([192, 0, 2, 2]).is(401).await;
    let email = json!({"email": "alice@example.com", "password": "wrong"});
    until_refused(|| world.post("/v1/auth/sign-in").by(&bob).json(&email).from([192, 0, 2, 3])).await;
    world.get("/v1/me").by(&bob).from([192, 0, 2, 3]).is(200).await;
}

#[tokio::test]
async fn a_client_cannot_choose_whose_calls_its_own_are_counted_with() {
    let world = world().await;
    let number = std::cell::Cell::new(0);
    let forged = || {
        number.set(number.get() + 1);
        format!("198.51.{}.{}", number.get() / 250, number.get() % 250)
    };
    until_refused(|| world.get("/openapi.json").header("x-forwarded-for", &forged()).from([192, 0, 2, 1])).await;
    let through = |forged: String, client: &str| {
        world.get("/openapi.json").header("x-forwarded-for", &format!("{forged}, {client}")).from([10, 0, 0, 1])
    };
    until_refused(|| through(forged(), "203.0.113.7")).await;
    through(forged(), "203.0.113.8").is(200).await;
}

#[tokio::test]
async fn a_probe_and_a_question_about_methods_are_never_refused() {
    let world = world().await;
    until_refused(|| world.get("/v1/nothing")).await;
    for _ in 0..10 {
        world.get("/health").is(200).await;
        world.call(&Method::OPTIONS, "/v1/me").is(204).await;
    }
}
