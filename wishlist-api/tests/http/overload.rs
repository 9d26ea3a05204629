//! More calls than can be answered in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use futures_util::stream;
use serde_json::json;
use tokio::task::JoinSet;
use wishlist_api::{HttpRules, Waiting};

use crate::world::World;

/// Waits that are far too long, or none.
#[derive(Debug, Default)]
struct Waits {
    reading: AtomicBool,
    writing: AtomicBool,
}

fn wait(is_long: &AtomicBool) -> Duration {
    if is_long.load(Ordering::Relaxed) { Duration::from_secs(5) } else { Duration::ZERO }
}

impl Waiting for Waits {
    fn reading(&self) -> Duration {
        wait(&self.reading)
    }

    fn writing(&self) -> Duration {
        wait(&self.writing)
    }
}

/// A service with as many calls under way as make a crowd: each waits for the rest of its body.
async fn world() -> (Arc<Waits>, World, JoinSet<()>) {
    let waits = Arc::new(Waits::default());
    let rules = HttpRules { waiting: Some(waits.clone()), ..HttpRules::default() };
    let world = World::new().await.under(&rules);
    let mut crowd = JoinSet::new();
    for _ in 0..32 {
        let unending = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let call = world.post("/v1/auth/sign-in").header("content-type", "application/json").body(unending);
        crowd.spawn(async move { drop(call.send().await) });
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    (waits, world, crowd)
}

#[tokio::test]
async fn a_call_that_would_wait_for_too_long_is_told_when_to_come_again() {
    let (waits, world, _crowd) = world().await;
    let alice = world.person("alice").await;
    waits.reading.store(true, Ordering::Relaxed);
    for call in [
        world.get("/v1/me").by(&alice),
        world.post("/v1/wishlists").by(&alice).json(&json!({"name": "Birthday"})),
        world.delete("/v1/me").by(&alice),
        world.get("/openapi.json"),
        world.get("/v1/nothing"),
    ] {
        let refused = call.is(503).await;
        assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("unavailable", "1"));
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert!(!refused.header("x-request-id").is_empty());
    }
    waits.reading.store(false, Ordering::Relaxed);
    let lists = world.get("/v1/wishlists").by(&alice).is(200).await.json();
    assert_eq!(lists["items"], json!([]), "nothing was done for those that were refused");
}

#[tokio::test]
async fn a_refusal_for_want_of_time_costs_nothing() {
    let (waits, world, _crowd) = world().await;
    waits.reading.store(true, Ordering::Relaxed);
    let unread = Body::from_stream(stream::poll_fn(|_| -> std::task::Poll<Option<Result<Vec<u8>, std::io::Error>>> {
        panic!("the body is read")
    }));
    // No token is looked at either, or this would be `401`.
    let sent =
        world.post("/v1/wishlists").header("authorization", "Bearer x").header("content-type", "application/json");
    assert_eq!(sent.body(unread).is(503).await.code(), "unavailable");
}

#[tokio::test]
async fn who_only_reads_is_answered_while_writes_wait() {
    let (waits, world, _crowd) = world().await;
    let alice = world.person("alice").await;
    waits.writing.store(true, Ordering::Relaxed);
    world.get("/v1/me").by(&alice).is(200).await;
    world.post("/v1/wishlists").by(&alice).json(&json!({"name": "Birthday"})).is(503).await;
}

#[tokio::test]
async fn what_watches_over_the_process_is_answered_however_long_others_wait() {
    let (waits, world, _crowd) = world().await;
    waits.reading.store(true, Ordering::Relaxed);
    waits.writing.store(true, Ordering::Relaxed);
    world.get("/health").is(200).await;
    world.call(&axum::http::Method::OPTIONS, "/v1/wishlists").is(204).await;
}
