//! Every code of the contract: provoked, and with nothing changed by it.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use futures_util::stream;
use serde_json::{Value, json};
use wishlist_core::Kind;
use wishlist_core::table::EmbeddedTable;

use crate::contract::document;
use crate::switched::{Switch, Switched};
use crate::world::{Answer, Call, PASSWORD, Person, World};

/// A world in which Alice has what others and she herself ask for wrongly.
struct Stage {
    world: World,
    table: Arc<Switched>,
    alice: Person,
    bob: Person,
    list: String,
    bobs: String,
    /// Another list of Alice's.
    other: String,
    items: [String; 3],
}

impl Stage {
    async fn new() -> Self {
        let (clock, table) = (World::clock(), Arc::new(Switched::new()));
        let accounts = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
        let world = World::by_code_over(clock, table.clone(), accounts).await;
        let (alice, bob) = (world.person("alice").await, world.person("bob").await);
        let list = world.list(&alice).await;
        let bobs = world.list(&bob).await;
        let kettle = world.item(&alice, &list, json!({"url": "https://shop.example/kettle"})).await;
        let walk = world.item(&alice, &list, json!({"title": "A walk"})).await;
        let hat = world.item(&alice, &list, json!({"title": "A hat"})).await;
        let named = world.post("/v1/wishlists").by(&alice).header("idempotency-key", "used");
        let other = named.json(&json!({"name": "Christmas"})).is(201).await.location();
        let unconfirmed = json!({"email": "carol@example.com", "password": PASSWORD});
        world.post("/v1/auth/sign-up").json(&unconfirmed).is(201).await;
        Self { world, table, alice, bob, list, bobs, other, items: [kettle, walk, hat] }
    }

    fn post(&self, path: &str, body: &Value) -> Call {
        self.world.post(path).by(&self.alice).json(body)
    }

    fn put(&self, path: &str, body: &Value) -> Call {
        self.world.put(path).by(&self.alice).json(body)
    }

    fn item(&self, operation: &str) -> String {
        format!("{}/{operation}", self.items[0])
    }

    fn id(path: &str) -> &str {
        path.rsplit('/').next().unwrap()
    }

    async fn state(&self) -> [Value; 2] {
        [self.world.state(&self.alice).await, self.world.state(&self.bob).await]
    }
}

type Refused = (&'static str, fn(&Stage) -> Call);

/// What is refused for what it says, whoever says it and however the service does.
const REFUSED: &[Refused] = &[
    ("invalid", |stage| stage.post("/v1/wishlists", &json!({"name": ""}))),
    ("invalid", |stage| stage.put(&stage.list, &json!({"name": "x", "role": "owner"}))),
    ("invalid", |stage| stage.post(&format!("{}/items", stage.list), &json!({"note": "x"}))),
    ("invalid", |stage| stage.post(&format!("{}/items/batch", stage.list), &json!({"items": []}))),
    ("invalid", |stage| stage.put(&stage.items[0], &json!({"title": "x", "quantity": 0}))),
    ("invalid", |stage| stage.post(&stage.item("place"), &json!({}))),
    ("invalid", |stage| stage.post(&stage.item("move"), &json!({"wishlistId": "x"}))),
    ("invalid", |stage| stage.post(&stage.item("copy"), &json!({"wishlistId": null}))),
    ("invalid", |stage| stage.post(&stage.item("receive"), &json!({})).header("idempotency-key", "a b")),
    ("invalid", |stage| stage.put("/v1/me", &json!({"locale": "auf Deutsch"}))),
    ("invalid", |stage| stage.post("/v1/products/preview", &json!({"url": "x"}))),
    ("unauthenticated", |stage| stage.world.post("/v1/wishlists").json(&json!({"name": "x"}))),
    ("unauthenticated", |stage| stage.world.delete(&stage.list).header("authorization", "Bearer x")),
    ("unauthenticated", |stage| stage.world.delete("/v1/me")),
    ("unauthenticated", |stage| {
        stage.world.post("/v1/auth/sign-in").json(&json!({"email": "alice@example.com", "password": "not hers"}))
    }),
    ("forbidden", |stage| {
        stage.world.post("/v1/auth/sign-in").json(&json!({"email": "carol@example.com", "password": PASSWORD}))
    }),
    ("not_found", |stage| stage.world.delete(&stage.list).by(&stage.bob)),
    ("not_found", |stage| stage.world.put(&stage.items[0]).by(&stage.bob).json(&json!({"title": "Bob's"}))),
    ("not_found", |stage| {
        let own = json!({"wishlistId": Stage::id(&stage.bobs)});
        stage.world.post(&stage.item("move")).by(&stage.bob).json(&own)
    }),
    ("not_found", |stage| stage.post("/v1/nothing", &json!({}))),
    ("method_not_allowed", |stage| stage.post(&stage.list, &json!({"name": "x"}))),
    ("method_not_allowed", |stage| stage.post("/v1/me", &json!({"name": "x"}))),
    ("not_acceptable", |stage| stage.post("/v1/wishlists", &json!({"name": "x"})).header("accept", "text/html")),
    ("not_acceptable", |stage| stage.world.delete(&stage.list).by(&stage.alice).header("accept", "image/png")),
    ("timeout", |stage| {
        let parts = [Ok("{\"name\":"), Err(io::Error::from(io::ErrorKind::TimedOut))];
        let call = stage.world.post("/v1/wishlists").by(&stage.alice).header("content-type", "application/json");
        call.body(Body::from_stream(stream::iter(parts)))
    }),
    ("conflict", |stage| {
        let [before, after] = [&stage.items[0], &stage.items[1]].map(|item| Stage::id(item));
        stage.post(&format!("{}/place", stage.items[2]), &json!({"before": before, "after": after}))
    }),
    ("stale", |stage| stage.put(&stage.list, &json!({"name": "x"})).header("if-match", "\"9\"")),
    ("stale", |stage| stage.put(&stage.items[0], &json!({"title": "x"})).header("if-match", "\"9\"")),
    ("stale", |stage| stage.put("/v1/me", &json!({"name": "x"})).header("if-match", "\"9\"")),
    ("stale", |stage| stage.world.delete(&stage.list).by(&stage.alice).header("if-match", "\"9\"")),
    ("stale", |stage| stage.world.delete(&stage.items[0]).by(&stage.alice).header("if-match", "\"9\"")),
    ("too_large", |stage| stage.post("/v1/wishlists", &json!({"name": "x".repeat(65_536)}))),
    ("too_large", |stage| stage.put(&stage.items[0], &json!({"title": "x".repeat(1 << 20)}))),
    ("unsupported_media_type", |stage| {
        let text = stage.world.put(&stage.list).by(&stage.alice).header("content-type", "text/plain");
        text.body(Body::from(r#"{"name":"x"}"#))
    }),
    ("unsupported_media_type", |stage| {
        stage.post("/v1/wishlists", &json!({"name": "x"})).header("content-encoding", "gzip")
    }),
    ("unprocessable", |stage| stage.post(&stage.item("move"), &json!({"wishlistId": Stage::id(&stage.bobs)}))),
    ("unprocessable", |stage| stage.post(&stage.item("copy"), &json!({"wishlistId": Stage::id(&stage.bobs)}))),
    ("unprocessable", |stage| stage.post(&stage.item("place"), &json!({"before": Stage::id(&stage.list)}))),
    ("unprocessable", |stage| stage.world.post(&format!("{}/refresh", stage.items[1])).by(&stage.alice)),
    ("unprocessable", |stage| stage.post("/v1/products/preview", &json!({"url": "https://down.example/"}))),
    ("idempotency_mismatch", |stage| {
        stage.post("/v1/wishlists", &json!({"name": "Easter"})).header("idempotency-key", "used")
    }),
    ("idempotency_mismatch", |stage| {
        stage
            .post(&stage.item("copy"), &json!({"wishlistId": Stage::id(&stage.list)}))
            .header("idempotency-key", "used")
    }),
    ("rate_limited", |stage| stage.post("/v1/products/preview", &json!({"url": "https://busy.example/"}))),
];

/// Every write of a person, as it should be.
const WRITES: &[fn(&Stage) -> Call] = &[
    |stage| stage.post("/v1/wishlists", &json!({"name": "Easter"})),
    |stage| stage.put(&stage.list, &json!({"name": "Party"})),
    |stage| stage.post(&format!("{}/items", stage.list), &json!({"title": "A scarf"})),
    |stage| stage.post(&format!("{}/items/batch", stage.list), &json!({"items": [{"title": "A scarf"}]})),
    |stage| stage.put(&stage.items[1], &json!({"title": "A long walk"})),
    |stage| stage.post(&stage.item("place"), &json!({"after": Stage::id(&stage.items[1])})),
    |stage| stage.post(&stage.item("copy"), &json!({"wishlistId": Stage::id(&stage.other)})),
    |stage| stage.world.post(&stage.item("receive")).by(&stage.alice),
    |stage| stage.world.post(&stage.item("restore")).by(&stage.alice),
    |stage| stage.world.post(&stage.item("refresh")).by(&stage.alice),
    |stage| stage.post(&stage.item("move"), &json!({"wishlistId": Stage::id(&stage.other)})),
    |stage| stage.put("/v1/me", &json!({"name": "Alicia"})),
    |stage| stage.world.delete(&stage.items[1]).by(&stage.alice),
    |stage| stage.world.delete(&stage.list).by(&stage.alice),
    |stage| stage.world.delete("/v1/me").by(&stage.alice),
];

/// The codes and statuses of API.md, and ours: `not_acceptable` and `timeout`.
const CODES: [(&str, u16); 17] = [
    ("conflict", 409),
    ("forbidden", 403),
    ("idempotency_mismatch", 422),
    ("in_progress", 409),
    ("internal", 500),
    ("invalid", 400),
    ("method_not_allowed", 405),
    ("not_acceptable", 406),
    ("not_found", 404),
    ("rate_limited", 429),
    ("stale", 412),
    ("timeout", 408),
    ("too_large", 413),
    ("unauthenticated", 401),
    ("unavailable", 503),
    ("unprocessable", 422),
    ("unsupported_media_type", 415),
];

fn expect(code: &str, answer: &Answer, which: &str) {
    let status = CODES.iter().find(|(of, _)| *of == code).unwrap().1;
    assert_eq!((answer.code().as_str(), answer.status.as_u16()), (code, status), "{which}: {}", answer.text());
    let waits = matches!(code, "rate_limited" | "unavailable");
    assert_eq!(answer.header("retry-after").parse::<u64>().is_ok(), waits, "{which}");
    assert_eq!(answer.header("allow").is_empty(), code != "method_not_allowed", "{which}");
    assert_eq!(answer.header("www-authenticate").is_empty(), code != "unauthenticated", "{which}");
    assert_eq!(answer.pointers().is_empty(), code != "invalid", "{which}");
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for (number, (code, call)) in REFUSED.iter().enumerate() {
        expect(code, &call(&stage).send().await, &format!("row {number}"));
        assert_eq!(stage.state().await, before, "row {number}, `{code}`");
    }
}

#[tokio::test]
async fn a_fault_changes_nothing_whatever_was_to_be_written() {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for (kind, code) in [(Kind::Internal, "internal"), (Kind::Unavailable, "unavailable")] {
        for (number, call) in WRITES.iter().enumerate() {
            stage.table.turn(Switch::Fails(kind));
            expect(code, &call(&stage).send().await, &format!("write {number}"));
            stage.table.turn(Switch::Works);
            assert_eq!(stage.state().await, before, "write {number}, `{code}`");
        }
    }
    for (number, call) in WRITES.iter().enumerate() {
        let answer = call(&stage).send().await;
        assert!(answer.status.is_success(), "write {number}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_call_under_way_is_not_begun_again_beside_it() {
    let stage = Stage::new().await;
    let items: Vec<_> = (0..100).map(|number| json!({"title": number.to_string()})).collect();
    let body = json!({"items": items});
    let call = || stage.post(&format!("{}/items/batch", stage.list), &body).header("idempotency-key", "batch");
    stage.table.turn(Switch::HangsAfter(1));
    let first = tokio::spawn(call().send());
    stage.table.hanging().await;
    let before = stage.state().await;
    expect("in_progress", &call().send().await, "the second call");
    assert_eq!(stage.state().await, before);
    first.abort();
}

#[test]
fn every_code_of_the_document_is_among_them() {
    let provoked = REFUSED.iter().map(|(code, _)| *code).chain(["internal", "unavailable", "in_progress"]);
    let listed: Vec<_> = CODES.iter().map(|(code, status)| format!("`{code}` {status}")).collect();
    assert_eq!(provoked.collect::<BTreeSet<_>>(), CODES.iter().map(|(code, _)| *code).collect());
    let told = document()["components"]["responses"]["Problem"]["description"].as_str().unwrap();
    let told = told.strip_prefix("What went wrong: ").unwrap().split(", ");
    assert_eq!(told.collect::<BTreeSet<_>>(), listed.iter().map(String::as_str).collect());
}
