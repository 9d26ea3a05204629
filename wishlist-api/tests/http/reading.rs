//! What a caller can read, and what it has already: `Accept`, `Accept-Encoding`, `If-None-Match`.

use std::io::Read;

use axum::http::Method;
use serde_json::{Value, json};

use crate::contract::{document, operations};
use crate::world::{Answer, Person, World};

/// A listing of some KiB: its path.
async fn long_listing(world: &World, alice: &Person) -> String {
    let items = format!("{}/items", world.list(alice).await);
    let drafts: Vec<Value> =
        (0..20).map(|number| json!({"title": format!("Kettle {number}"), "note": "x".repeat(50)})).collect();
    world.post(&format!("{items}/batch")).by(alice).json(&json!({"items": drafts})).is(200).await;
    items
}

/// The bytes of an answer before they were coded, by a decoder of somebody else's.
fn decoded(answer: &Answer) -> Vec<u8> {
    let coded = answer.body.as_slice();
    let mut decoder: Box<dyn Read> = match answer.header("content-encoding") {
        "gzip" => Box::new(flate2::read::GzDecoder::new(coded)),
        "br" => Box::new(brotli_decompressor::Decompressor::new(coded, 4096)),
        "zstd" => Box::new(zstd::Decoder::new(coded).unwrap()),
        other => panic!("`{other}` is no coding of ours"),
    };
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn a_long_answer_is_compressed_as_the_caller_takes_it() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let items = long_listing(&world, &alice).await;
    let plain = world.get(&items).by(&alice).is(200).await;
    assert_eq!((plain.header("vary"), plain.header("content-encoding")), ("accept-encoding", ""));
    for coding in ["gzip", "br", "zstd"] {
        let answer = world.get(&items).by(&alice).header("accept-encoding", coding).is(200).await;
        assert_eq!((answer.header("content-encoding"), answer.header("vary")), (coding, "accept-encoding"));
        assert!(answer.body.len() * 3 < plain.body.len(), "{coding}: {} of {}", answer.body.len(), plain.body.len());
        assert_eq!(decoded(&answer), plain.body, "{coding}");
        let head = world.call(&Method::HEAD, &items).by(&alice).header("accept-encoding", coding).is(200).await;
        assert_eq!((head.header("content-encoding"), head.header("content-length")), (coding, ""));
    }
    for none in ["identity", "gzip;q=0", "identity;q=0", "*;q=0", "deflate", "what;is=this"] {
        let answer = world.get(&items).by(&alice).header("accept-encoding", none).is(200).await;
        assert_eq!((answer.header("content-encoding"), &answer.body), ("", &plain.body), "{none}");
    }
}

#[tokio::test]
async fn what_is_short_secret_or_named_by_a_strong_tag_is_never_compressed() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let note = json!({"title": "Kettle", "note": "x".repeat(2000)});
    let coded = |call: crate::world::Call| call.header("accept-encoding", "gzip, br, zstd");
    let item = world.item(&alice, &list, note).await;
    let email = json!({"email": "alice@example.com", "password": crate::world::PASSWORD});
    for (answer, length) in [
        (coded(world.get("/health")).is(200).await, 1..1024),
        (coded(world.post("/v1/auth/sign-in").json(&email)).is(200).await, 1..4096),
        (coded(world.get(&item).by(&alice)).is(200).await, 2000..4096),
    ] {
        assert!(length.contains(&answer.body.len()), "{}", answer.body.len());
        assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("", ""));
    }
}

#[tokio::test]
async fn a_record_the_caller_has_is_not_sent_again() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"title": "Kettle"})).await;
    for path in [&list, &item] {
        for same in ["\"1\"", "W/\"1\"", "*", "\"0\", \"1\""] {
            for method in [Method::GET, Method::HEAD] {
                let answer = world.call(&method, path).by(&alice).header("if-none-match", same).is(304).await;
                assert!(answer.body.is_empty());
                assert_eq!((answer.header("etag"), answer.header("cache-control")), ("\"1\"", "no-store"));
                assert_eq!((answer.header("content-type"), answer.header("content-length")), ("", ""));
            }
        }
        for other in ["\"2\"", "1", "\"11\"", ""] {
            world.get(path).by(&alice).header("if-none-match", other).is(200).await;
        }
        world.get(path).header("if-none-match", "*").is(401).await;
    }
    world.put(&list).by(&alice).json(&json!({"name": "Party"})).is(200).await;
    assert_eq!(world.get(&list).by(&alice).header("if-none-match", "\"1\"").is(200).await.header("etag"), "\"2\"");
    world.get("/v1/wishlists/x").by(&alice).header("if-none-match", "*").is(404).await;
    world.get("/v1/wishlists").by(&alice).header("if-none-match", "*").is(200).await;
}

#[tokio::test]
async fn the_document_is_fetched_once_while_it_is_the_same() {
    let world = World::new().await;
    let whole = world.get("/openapi.json").is(200).await;
    let tag = whole.header("etag");
    assert!(tag.starts_with("W/\""), "it is served in several codings: {tag}");
    let same = world.get("/openapi.json").header("if-none-match", tag).header("accept-encoding", "gzip").is(304).await;
    assert_eq!((same.header("cache-control"), same.header("etag")), (whole.header("cache-control"), tag));
    assert_eq!((same.header("vary"), same.header("content-encoding")), ("accept-encoding", ""));
    assert!(same.body.is_empty());
    let coded = world.get("/openapi.json").header("accept-encoding", "gzip").is(200).await;
    assert_eq!((coded.header("content-encoding"), coded.header("etag")), ("gzip", tag));
}

#[test]
fn every_read_with_a_tag_takes_the_condition() {
    let mut conditional = Vec::new();
    for (_, path, operation) in operations() {
        let responses = &operation["responses"];
        let named = operation["parameters"].as_array().into_iter().flatten().any(|of| of["name"] == "If-None-Match");
        assert_eq!(named, responses.get("304").is_some(), "{path}");
        if named {
            assert!(responses["200"]["headers"]["ETag"].is_object() && responses["304"]["headers"]["ETag"].is_object());
            conditional.push(operation["operationId"].as_str().unwrap());
        }
    }
    for name in ["find_wishlist", "find_item", "find_openapi"] {
        assert!(conditional.contains(&name), "{conditional:?}");
    }
    assert!(document()["paths"]["/v1/wishlists"]["get"]["responses"].get("304").is_none());
}

#[tokio::test]
async fn a_caller_that_cannot_read_the_answer_is_told_before_anything_happens() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    for accept in ["text/html", "image/*", "application/json;q=0, application/problem+json;q=0"] {
        let new = json!({"name": "Birthday"});
        let refused = world.post("/v1/wishlists").by(&alice).json(&new).header("accept", accept).is(406).await;
        assert_eq!(
            (refused.code().as_str(), refused.header("content-type")),
            ("not_acceptable", "application/problem+json")
        );
        assert_eq!(world.get("/v1/me").by(&alice).header("accept", accept).is(406).await.code(), "not_acceptable");
        world.get("/health").header("accept", accept).is(200).await;
        world.get("/v1/me").header("accept", accept).is(401).await;
    }
    assert_eq!(world.get("/v1/wishlists").by(&alice).is(200).await.json()["items"], json!([]));
    for accept in ["*/*", "application/*", "text/html, */*;q=0.1", "application/problem+json", "nonsense"] {
        world.get("/v1/me").by(&alice).header("accept", accept).is(200).await;
    }
}
