//! What a call does once, and what no call does: names of calls, limits, paths and headers.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Uri};
use serde_json::{Value, json};
use wishlist_api::HttpRules;
use wishlist_core::Kind;
use wishlist_core::table::EmbeddedTable;

use super::rows::{ROWS, Row};
use super::stage::{Stage, path};
use crate::switched::{Switch, Switched};
use crate::world::{Call, World};

const KEY: &str = "idempotency-key";

/// The rows whose calls may have a name, and that write something.
fn named() -> impl Iterator<Item = &'static Row> {
    ROWS.iter()
        .filter(|row| row.parameters("header").contains(&"Idempotency-Key") && row.operation != "preview_product")
}

/// A stage whose table can be made to fail.
async fn switched() -> (Stage, Arc<Switched>) {
    let (clock, table) = (World::clock(), Arc::new(Switched::new()));
    let accounts = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
    (Stage::in_world(World::by_code_over(clock, table.clone(), accounts).await).await, table)
}

/// One effect and one answer, whoever else uses the name; another call under it is refused.
pub(super) async fn once() {
    for row in named() {
        let stage = Stage::new().await;
        let call = || stage.alices_call(row).header(KEY, "one");
        let first = call().is(row.status).await;
        let after = stage.state().await;
        let second = call().is(row.status).await;
        assert_eq!((&first.status, &first.body), (&second.status, &second.body), "{}", row.operation);
        assert_eq!(stage.state().await, after, "{}", row.operation);
        let create = Row::of(if row.operation == "create_wishlist" { "add_item" } else { "create_wishlist" }).unwrap();
        let other = stage.alices_call(create).header(KEY, "one").is(422).await;
        assert_eq!(other.code(), "idempotency_mismatch", "{}", row.operation);
        assert_eq!(stage.state().await, after, "{}", row.operation);
        let bobs = stage.call(row, &stage.bobs, &stage.bob).by(&stage.bob).header(KEY, "one").is(row.status).await;
        assert_ne!(bobs.body, second.body, "{}", row.operation);
        assert_eq!(stage.world.state(&stage.alice).await, after[0], "{}", row.operation);
    }
}

/// A name has 1 to 255 visible characters.
pub(super) async fn keys() {
    for row in named() {
        let stage = Stage::new().await;
        let before = stage.state().await;
        let long = "k".repeat(256);
        for bad in ["", " ", "a b", "a\tb", "é", &long] {
            let refused = stage.alices_call(row).header_bytes(KEY, bad.as_bytes()).is(400).await;
            assert_eq!(refused.pointers(), ["/Idempotency-Key"], "{} {bad:?}", row.operation);
        }
        assert_eq!(stage.state().await, before, "{}", row.operation);
        for good in ["k", &"k".repeat(255)] {
            let stage = Stage::new().await;
            let first = stage.alices_call(row).header(KEY, good).is(row.status).await;
            let again = stage.alices_call(row).header(KEY, good).is(row.status).await;
            assert_eq!(first.body, again.body, "{} {good:.9}", row.operation);
        }
    }
}

/// A name is kept for a day: then the same call is another.
pub(super) async fn after_a_day() {
    let row = Row::of("create_wishlist").unwrap();
    let mut stage = Stage::new().await;
    let first = stage.alices_call(row).header(KEY, "daily").is(201).await.location();
    for (seconds, is_same) in [(24 * 3600 - 60, true), (120, false)] {
        stage.world.clock.advance(Duration::from_secs(seconds));
        stage.alice = stage.world.again("alice").await;
        let then = stage.alices_call(row).header(KEY, "daily").is(201).await.location();
        assert_eq!(then == first, is_same, "{seconds} s later");
    }
}

/// A call that was cut off in the middle is in progress for a while, and then has its one effect.
pub(super) async fn cut_off() {
    for row in named() {
        for commits in 0..4 {
            let (stage, table) = switched().await;
            table.turn(Switch::HangsAfter(commits));
            let mut first = Box::pin(stage.alices_call(row).header(KEY, "cut").send());
            let ended = tokio::select! {
                answer = &mut first => Some(answer.status.as_u16()),
                () = table.hanging() => None,
            };
            drop(first);
            table.turn(Switch::Works);
            stage.world.clock.advance(Duration::from_mins(10));
            let then = stage.alices_call(row).header(KEY, "cut").is(row.status).await;
            let after = stage.state().await;
            let again = stage.alices_call(row).header(KEY, "cut").is(row.status).await;
            assert_eq!((then.body, stage.state().await), (again.body, after), "{} {commits}", row.operation);
            if ended.is_some() {
                break;
            }
        }
    }
}

/// A call that was refused, or that failed, may be made again under its name.
pub(super) async fn after_a_refusal() {
    for row in named().filter(|row| !row.wrong.is_empty()) {
        let stage = Stage::new().await;
        let refused = stage.alices_call(row).instead(row.wrong.into()).header(KEY, "again").send().await;
        assert!(refused.status.is_client_error(), "{}", row.operation);
        stage.alices_call(row).header(KEY, "again").is(row.status).await;
    }
}

pub(super) async fn after_a_fault() {
    for row in named() {
        let (stage, table) = switched().await;
        let before = stage.state().await;
        for kind in [Kind::Unavailable, Kind::Internal] {
            table.turn(Switch::Fails(kind));
            let failed = stage.alices_call(row).header(KEY, "again").send().await;
            assert!(failed.status.is_server_error(), "{}", row.operation);
            table.turn(Switch::Works);
            assert_eq!(stage.state().await, before, "{}", row.operation);
        }
        let then = stage.alices_call(row).header(KEY, "again").is(row.status).await;
        let again = stage.alices_call(row).header(KEY, "again").is(row.status).await;
        assert_eq!(then.body, again.body, "{}", row.operation);
    }
}

/// A list has its most items, whoever adds them; other people's take more.
pub(super) async fn many_items() {
    let stage = Stage::new().await;
    let at = |list: &str| format!("/v1/wishlists/{list}/items");
    let batch: Vec<Value> = (0..100).map(|number| json!({"title": number.to_string()})).collect();
    let here = at(&stage.alices.second);
    for _ in 0..10 {
        let made = stage.world.post(&format!("{here}/batch")).by(&stage.alice).json(&json!({"items": batch}));
        let made = made.is(200).await.json();
        assert!(made["results"].as_array().unwrap().iter().all(|result| result["item"].is_object()));
    }
    let full = stage.world.post(&here).by(&stage.alice).json(&json!({"title": "x"})).send().await;
    assert!(matches!(full.status.as_u16(), 409 | 413 | 422 | 429), "{}", full.text());
    stage.world.post(&at(&stage.bobs.second)).by(&stage.bob).json(&json!({"title": "x"})).is(201).await;
}

/// Who calls too often is told when to come again, and nobody else is.
pub(super) async fn many_calls() {
    let mut stage = Stage::new().await;
    let rules = HttpRules { calls_per_second: NonZeroU32::new(1), ..HttpRules::default() };
    stage.world = stage.world.under(&rules);
    for _ in 0..10_000 {
        let answer = stage.world.get("/v1/me").by(&stage.alice).from([192, 0, 2, 1]).send().await;
        if answer.status == 429 {
            assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
            stage.world.get("/v1/me").by(&stage.bob).from([192, 0, 2, 1]).is(200).await;
            return;
        }
    }
    panic!("ten thousand calls were taken");
}

/// Spellings of each path that are no path of ours.
pub(super) async fn paths() {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for row in ROWS {
        let (method, template, _) = row.described();
        let at = path(template, &stage.alices.list, &stage.alices.item);
        let (head, last) = at.rsplit_once('/').unwrap();
        for other in [
            format!("/{at}"),
            format!("{at}/"),
            format!("{at}//"),
            format!("{at}/."),
            format!("{head}//{last}"),
            format!("{head}/./{last}"),
            format!("{head}/x/../{last}"),
            format!("{head}%2f{last}"),
            format!("{head}%2F{last}"),
            format!("{at}%00"),
            format!("/v0{at}"),
            at.to_uppercase().replace("/V1", "/v1"),
        ] {
            // What is no URI reaches no server.
            if other.parse::<Uri>().is_err() {
                continue;
            }
            let answer = stage.world.call(&method, &other).by(&stage.alice).send().await;
            // Another path may have other methods, and an id that is none is asked for a body first, as an unknown one is.
            let is_none = matches!(answer.status.as_u16(), 404 | 405 | 415);
            assert!(is_none, "{method} {other} answers {}", answer.status);
            assert!(!answer.text().contains(last) || last.len() < 3, "{other} is told back");
        }
    }
    for at in ["/", "/v1", "/metrics", "/debug", "/admin", "/swagger", "/.env", "/v1/users", "/v2/me", "/openapi.yaml"]
    {
        assert_eq!(stage.world.get(at).by(&stage.alice).is(404).await.code(), "not_found", "{at}");
    }
    assert_eq!(stage.state().await, before);
}

/// Headers by which proxies and frameworks elsewhere are told of another host, path or scheme.
const ELSEWHERE: [(&str, &str); 8] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-server", "evil.example"),
    ("x-forwarded-prefix", "/evil.example"),
    ("x-forwarded-proto", "javascript"),
    ("forwarded", "host=evil.example;proto=javascript"),
    ("x-original-url", "/health?evil.example"),
    ("x-rewrite-url", "/health?evil.example"),
];

/// A header that means something elsewhere means nothing here: the call does what it does, and nothing is told back.
pub(super) async fn ignored() {
    for row in ROWS {
        let stage = Stage::new().await;
        let call = ELSEWHERE.iter().fold(stage.alices_call(row), |call, (name, value)| call.header(name, value));
        let answer = call.is(row.status).await;
        let headers = answer.headers.iter().map(|(_, value)| String::from_utf8_lossy(value.as_bytes()));
        let told = headers.collect::<Vec<_>>().join("\n") + &answer.text();
        assert!(!told.contains("evil.example") && !told.contains("javascript"), "{}", row.operation);
        assert!(answer.location().is_empty() || answer.location().starts_with("/v1/"), "{}", row.operation);
    }
}

/// A method that a path does not have is none, whatever a header says of another.
pub(super) async fn methods() {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for row in ROWS {
        let (_, template, _) = row.described();
        let at = path(template, &stage.alices.list, &stage.alices.item);
        for method in ["PATCH", "TRACE", "CONNECT", "QUERY", "get"] {
            let answer = stage.world.call(&method.parse().unwrap(), &at).by(&stage.alice).send().await;
            assert!(matches!(answer.status.as_u16(), 404 | 405), "{method} {at} answers {}", answer.status);
        }
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            let over = |call: Call| call.by(&stage.alice).header(name, "DELETE");
            let answer = over(stage.world.call(&Method::OPTIONS, &at)).send().await;
            assert_eq!(answer.status.as_u16(), 204, "{at}");
            over(stage.world.call(&"PATCH".parse().unwrap(), &at)).is(405).await;
        }
    }
    assert_eq!(stage.state().await, before);
}

/// Who has not confirmed the address has no token: signing in is refused, and nothing but that.
pub(super) async fn unconfirmed() {
    let world = World::by_code().await;
    let new = json!({"email": "carol@example.com", "password": crate::world::PASSWORD});
    let made = world.post("/v1/auth/sign-up").json(&new).is(201).await;
    assert!(!made.text().to_lowercase().contains("token"));
    let refused = world.post("/v1/auth/sign-in").json(&new).is(403).await;
    assert_eq!(refused.code(), "forbidden");
    assert!(!refused.text().to_lowercase().contains("accesstoken"));
    let wrong = json!({"email": "carol@example.com", "password": "not hers at all"});
    assert_eq!(world.post("/v1/auth/sign-in").json(&wrong).is(401).await.code(), "unauthenticated");
}
