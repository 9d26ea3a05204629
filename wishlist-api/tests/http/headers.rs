//! The headers of every answer, and paths and methods that are none.

use axum::http::Method;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_request_has_the_callers_id_or_a_new_one() {
    let world = World::new().await;
    for good in ["a", "A.b_c-9", &"x".repeat(64)] {
        assert_eq!(world.get("/health").header("x-request-id", good).is(200).await.header("x-request-id"), good);
    }
    let mut new = Vec::new();
    for bad in ["", "a b", "a/b", "é", "a\tb", &"x".repeat(65)] {
        let answer = world.get("/health").header("x-request-id", bad).is(200).await;
        let id: uuid::Uuid = answer.header("x-request-id").parse().unwrap();
        assert!(!new.contains(&id));
        new.push(id);
    }
    let problem = world.get("/v1/me").header("x-request-id", "r-1").is(401).await;
    assert_eq!((problem.header("x-request-id"), &problem.json()["requestId"]), ("r-1", &json!("r-1")));
}

#[tokio::test]
async fn nothing_private_is_kept_by_a_cache() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    for answer in [
        world.get(&list).by(&alice).is(200).await,
        world.get("/v1/wishlists").by(&alice).is(200).await,
        world.get("/v1/me").is(401).await,
        world.delete(&list).by(&alice).is(204).await,
        world.get("/v1/nothing").is(404).await,
    ] {
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn a_path_that_is_none_is_a_problem() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    for path in [
        "/",
        "/v1",
        "/v1/wishlists/",
        "//v1/wishlists",
        "/V1/wishlists",
        "/v1/%77ishlists",
        "/v1/me/..%2fme",
        "/health/",
    ] {
        let answer = world.get(path).by(&alice).is(404).await;
        assert_eq!((answer.code().as_str(), answer.header("content-type")), ("not_found", "application/problem+json"));
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_a_problem() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    for method in ["PATCH", "POST", "TRACE", "QUERY"] {
        let answer = world.call(&method.parse().unwrap(), &list).by(&alice).is(405).await;
        assert_eq!(
            (answer.code().as_str(), answer.header("allow")),
            ("method_not_allowed", "GET, HEAD, PUT, DELETE, OPTIONS")
        );
    }
    let overridden = world.post(&list).by(&alice).header("x-http-method-override", "DELETE").is(405).await;
    assert_eq!(overridden.code(), "method_not_allowed");
    world.get(&list).by(&alice).is(200).await;
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let head = world.call(&Method::HEAD, &list).by(&alice).is(200).await;
    assert!(head.body.is_empty());
    assert_eq!(head.header("etag"), "\"1\"");
    let unknown = world.call(&Method::HEAD, "/v1/me").is(401).await;
    assert!(unknown.body.is_empty());
}
