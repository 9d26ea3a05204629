//! What is no body of an operation is refused by every operation that takes one, and nothing changes.

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::contract::{document, operations, resolved};
use crate::world::{Call, Person, World};

/// What only the server writes, by the names that it or its storage gives it.
const NOT_THEIRS: [&str; 18] = [
    "id",
    "userId",
    "sub",
    "owner",
    "email",
    "createdAt",
    "created_at",
    "updatedAt",
    "version",
    "status",
    "state",
    "rank",
    "role",
    "itemCount",
    "claimedQuantity",
    "PK",
    "GSI1PK",
    "ttl",
];

/// A writing operation with a body: its name, its method, its path, and a body that it takes.
struct Write {
    name: &'static str,
    method: Method,
    path: String,
    body: Map<String, Value>,
    schema: &'static Value,
}

struct Stage {
    world: World,
    alice: Person,
    writes: Vec<Write>,
}

impl Stage {
    async fn new() -> Self {
        let world = World::new().await;
        let alice = world.person("alice").await;
        let list = world.list(&alice).await;
        let item = world.item(&alice, &list, json!({"url": "https://shop.example/kettle"})).await;
        let other = world.item(&alice, &list, json!({"title": "A walk"})).await;
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let mut writes = Vec::new();
        for (method, template, operation) in operations() {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            if !body.is_object() {
                continue;
            }
            let name = operation["operationId"].as_str().unwrap();
            let path = template.replace("{wishlistId}", &id(&list)).replace("{itemId}", &id(&item));
            let good = good(name, &id(&list), &id(&other)).as_object().unwrap().clone();
            writes.push(Write { name, method, path, body: good, schema: resolved(body) });
        }
        Self { world, alice, writes }
    }

    fn call(&self, write: &Write) -> Call {
        let call = self.world.call(&write.method, &write.path);
        if write.path.starts_with("/v1/auth/") { call } else { call.by(&self.alice) }
    }

    /// Sends each write so, and shows that nothing came of it.
    async fn refuse(&self, status: u16, bodies: impl Fn(&Write) -> Vec<(String, Option<String>)>) -> usize {
        let before = self.world.state(&self.alice).await;
        let mut sent = 0;
        for write in &self.writes {
            for (body, pointer) in bodies(write) {
                let answer = self.call(write).raw(&body).send().await;
                assert_eq!(answer.status.as_u16(), status, "{} {body:.200}: {}", write.name, answer.text());
                let pointers = answer.pointers();
                assert!(
                    pointer.is_none_or(|pointer| pointers.contains(&pointer)),
                    "{} {body:.200}: {pointers:?}",
                    write.name
                );
                sent += 1;
            }
            assert_eq!(self.world.state(&self.alice).await, before, "{}", write.name);
        }
        sent
    }
}

/// A body that the operation takes.
fn good(operation: &str, list: &str, other: &str) -> Value {
    match operation {
        "sign_up" => json!({"email": "bob@example.com", "password": "correct horse battery"}),
        "sign_in" => json!({"email": "alice@example.com", "password": "correct horse battery"}),
        "confirm_sign_up" => json!({"email": "alice@example.com", "code": "12345678"}),
        "resend_code" | "forgot_password" => json!({"email": "alice@example.com"}),
        "reset_password" => {
            json!({"email": "alice@example.com", "code": "12345678", "newPassword": "a new horse battery"})
        }
        "refresh_session" => json!({"refreshToken": "x"}),
        "update_me" => json!({"name": "Alice"}),
        "create_wishlist" | "update_wishlist" => json!({"name": "Party"}),
        "add_item" | "update_item" => json!({"title": "Kettle"}),
        "add_items" => json!({"items": [{"title": "Kettle"}]}),
        "place_item" => json!({"after": other}),
        "move_item" | "copy_item" => json!({"wishlistId": list}),
        "preview_product" => json!({"url": "https://shop.example/kettle"}),
        other => panic!("`{other}` takes a body: say here which one is good"),
    }
}

fn with(write: &Write, field: &str, value: Value) -> String {
    let mut body = write.body.clone();
    body.insert(field.to_owned(), value);
    Value::Object(body).to_string()
}

/// The fields that an operation takes, wherever the parts of its schema are written.
fn fields(schema: &'static Value) -> Vec<&'static str> {
    let parts = schema["allOf"].as_array().into_iter().flatten().map(resolved);
    let all = std::iter::once(schema).chain(parts);
    all.flat_map(|part| part["properties"].as_object().into_iter().flatten()).map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn what_only_the_server_writes_is_no_field_of_any_write() {
    let stage = Stage::new().await;
    let sent = stage
        .refuse(400, |write| {
            let known = fields(write.schema);
            let foreign = NOT_THEIRS.iter().filter(|name| !known.contains(name));
            foreign.map(|name| (with(write, name, json!("x")), Some(format!("/{name}")))).collect()
        })
        .await;
    assert!(sent > 200, "{sent}");
}

#[tokio::test]
async fn a_null_is_no_value_of_any_field() {
    let stage = Stage::new().await;
    let sent = stage
        .refuse(400, |write| {
            let null = |name: &&str| (with(write, name, Value::Null), Some(format!("/{name}")));
            fields(write.schema).iter().map(null).collect()
        })
        .await;
    assert!(sent > 40, "{sent}");
}

#[tokio::test]
async fn what_is_not_one_json_object_is_no_body() {
    let stage = Stage::new().await;
    let sent = stage
        .refuse(400, |write| {
            let good = Value::Object(write.body.clone()).to_string();
            let (first, value) = write.body.iter().next().unwrap();
            let twice = format!("{{\"{first}\":{value},{}", good.get(1..).unwrap());
            let bad = ["", "{", "null", "[]", "\"x\"", "7", "{\"\\ud800\":1}"].map(str::to_owned);
            let bad = bad.into_iter().chain([format!("\u{feff}{good}"), format!("{good} x"), "[".repeat(10_000)]);
            let bad = bad.map(|body| (body, Some(String::new())));
            bad.chain([(twice, Some(format!("/{first}")))]).collect()
        })
        .await;
    assert_eq!(sent, stage.writes.len() * 11);
}

#[tokio::test]
async fn a_megabyte_is_no_text() {
    let stage = Stage::new().await;
    let long = "x".repeat(1 << 20);
    stage.refuse(413, |write| vec![(with(write, fields(write.schema)[0], json!(long)), None)]).await;
}

#[tokio::test]
async fn only_plain_json_is_a_body_of_any_write() {
    let stage = Stage::new().await;
    let before = stage.world.state(&stage.alice).await;
    for write in &stage.writes {
        let body = Value::Object(write.body.clone()).to_string();
        let plain = stage.call(write).header("content-type", "text/plain").body(body.clone().into());
        assert_eq!(plain.is(415).await.code(), "unsupported_media_type", "{}", write.name);
        let packed = stage.call(write).raw(&body).header("content-encoding", "gzip");
        assert_eq!(packed.is(415).await.code(), "unsupported_media_type", "{}", write.name);
    }
    assert_eq!(stage.world.state(&stage.alice).await, before);
}

#[test]
fn the_fields_of_a_draft_are_known() {
    let draft = &document()["components"]["schemas"]["ItemDraft"];
    let known = fields(draft);
    for name in ["url", "title", "note", "price", "imageUrl", "quantity", "priority", "targetPrice"] {
        assert!(known.contains(&name), "{name}");
    }
}
