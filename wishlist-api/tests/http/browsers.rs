//! Pages of other origins, and what a browser is told about every answer.

use std::sync::Arc;

use axum::http::Method;
use serde_json::json;
use wishlist_api::{HttpRules, Origins, Transport};
use wishlist_core::queue::NoQueue;
use wishlist_core::table::EmbeddedTable;

use crate::faults::{Broken, Panicking};
use crate::world::{Answer, Call, World};

const APP: &str = "https://app.example";

fn rules(origins: &[&'static str]) -> HttpRules {
    HttpRules { origins: Origins::read(origins.iter().copied()).unwrap(), ..HttpRules::default() }
}

async fn world(origins: &[&'static str]) -> World {
    World::new().await.under(&rules(origins))
}

fn preflight(world: &World, path: &str, origin: &str) -> Call {
    world.call(&Method::OPTIONS, path).header("origin", origin).header("access-control-request-method", "PUT")
}

/// The headers of an answer that are about pages of other origins, as lines.
fn shared(answer: &Answer) -> Vec<String> {
    let about = |name: &str| name.starts_with("access-control-") || name == "vary";
    let mut lines: Vec<_> = answer.headers.iter().filter(|(name, _)| about(name.as_str())).collect();
    lines.sort_by_key(|(name, _)| name.as_str());
    lines.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
}

#[tokio::test]
async fn without_a_setting_no_header_speaks_of_other_origins() {
    let world = World::new().await;
    for answer in
        [world.get("/health").header("origin", APP).is(200).await, preflight(&world, "/v1/me", APP).is(204).await]
    {
        assert!(shared(&answer).is_empty(), "{answer:?}");
    }
}

#[tokio::test]
async fn a_preflight_says_what_a_page_may_send() {
    let world = world(&[APP, "http://localhost:5173"]).await;
    let answer = preflight(&world, "/v1/wishlists", APP).is(204).await;
    insta::assert_debug_snapshot!(shared(&answer));
    assert!(answer.body.is_empty());
    let other = preflight(&world, "/v1/wishlists", "http://localhost:5173").is(204).await;
    assert_eq!(other.header("access-control-allow-origin"), "http://localhost:5173");
    for foreign in ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"] {
        let refused = preflight(&world, "/v1/wishlists", foreign).is(204).await;
        assert_eq!(refused.header("access-control-allow-origin"), "", "{foreign}");
        assert_eq!(refused.header("vary"), "origin");
    }
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_can_read_every_answer() {
    let world = world(&[APP]).await;
    let alice = world.person("alice").await;
    let from = |call: Call| call.header("origin", APP);
    let list = world.list(&alice).await;
    for answer in [
        from(world.get(&list).by(&alice)).is(200).await,
        from(world.get(&list).by(&alice)).header("if-none-match", "*").is(304).await,
        from(world.get("/v1/me")).is(401).await,
        from(world.get("/v1/nothing")).is(404).await,
        from(world.call(&Method::PATCH, "/v1/me")).is(405).await,
        from(world.get("/v1/me").by(&alice)).header("accept", "text/html").is(406).await,
        from(world.post("/v1/wishlists").by(&alice).raw(&" ".repeat(70_000))).is(413).await,
    ] {
        let expected = [
            "access-control-allow-origin: https://app.example",
            "access-control-expose-headers: etag,location,retry-after,x-request-id",
            "vary: origin",
        ];
        assert_eq!(shared(&answer), expected, "{answer:?}");
    }
    let foreign = world.get(&list).by(&alice).header("origin", "https://evil.example").is(200).await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert_eq!(world.get(&list).by(&alice).is(200).await.header("vary"), "origin", "a cache keeps the answers apart");
}

#[tokio::test]
async fn a_page_can_read_that_a_fault_happened() {
    let table = Arc::new(EmbeddedTable::in_memory(World::clock()).unwrap());
    let panicking = World::over(World::clock(), table.clone(), table, Arc::new(Panicking)).await.under(&rules(&[APP]));
    let alice = panicking.person("alice").await;
    let items = format!("{}/items", panicking.list(&alice).await);
    let link = json!({"url": "https://shop.example/kettle"});
    let panicked = panicking.post(&items).by(&alice).json(&link).header("origin", APP).is(500).await;
    assert_eq!((panicked.header("access-control-allow-origin"), panicked.code().as_str()), (APP, "internal"));

    let accounts = Arc::new(EmbeddedTable::in_memory(World::clock()).unwrap());
    let broken = Arc::new(Broken(wishlist_core::Kind::Unavailable));
    let broken = World::over(World::clock(), broken, accounts, Arc::new(NoQueue)).await.under(&rules(&[APP]));
    let new = json!({"email": "alice@example.com", "password": "correct horse"});
    let unavailable = broken.post("/v1/auth/sign-up").json(&new).header("origin", APP).is(503).await;
    assert_eq!(unavailable.header("access-control-allow-origin"), APP);
}

#[tokio::test]
async fn all_origins_are_let_in_without_credentials_of_the_browsers() {
    let world = world(&["*"]).await;
    for answer in
        [world.get("/health").header("origin", APP).is(200).await, preflight(&world, "/v1/me", APP).is(204).await]
    {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!((answer.header("access-control-allow-credentials"), answer.header("vary")), ("", ""));
    }
}

#[tokio::test]
async fn options_names_the_methods_of_a_path_to_anyone() {
    for world in [World::new().await, world(&[APP]).await] {
        for (path, methods) in [
            ("/health", "GET, HEAD, OPTIONS"),
            ("/v1/auth/sign-in", "POST, OPTIONS"),
            ("/v1/wishlists", "POST, GET, HEAD, OPTIONS"),
            ("/v1/wishlists/x", "GET, HEAD, PUT, DELETE, OPTIONS"),
        ] {
            let answer = world.call(&Method::OPTIONS, path).header("accept", "text/html").is(204).await;
            assert_eq!(answer.header("allow"), methods);
            assert!(answer.body.is_empty());
        }
        assert_eq!(world.call(&Method::OPTIONS, "/v1/nothing").is(404).await.code(), "not_found");
    }
}

#[tokio::test]
async fn a_browser_that_is_shown_an_answer_does_nothing_with_it() {
    let world = World::new().await;
    for answer in [world.get("/health").is(200).await, world.get("/v1/me").is(401).await, world.get("/x").is(404).await]
    {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
    }
}

#[tokio::test]
async fn a_service_that_is_reached_by_https_says_to_stay_with_it() {
    let world = World::new().await.under(&HttpRules { transport: Transport::Https, ..HttpRules::default() });
    for answer in [world.get("/health").is(200).await, world.get("/v1/me").is(401).await] {
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    }
}
