//! What any write may be sent: it is refused with a problem and changes nothing, or it is kept as it was sent.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use super::rows::{ROWS, Row};
use super::stage::Stage;
use crate::carrying::Carrier;
use crate::contract::resolved;
use crate::world::{Answer, Call};

/// Every row with a body, that body, and the names of its fields.
fn writes(stage: &Stage) -> Vec<(&'static Row, Map<String, Value>, Vec<&'static str>)> {
    let rows = ROWS.iter().filter(|row| row.takes_body());
    let read = |row: &'static Row| {
        let body = stage.alices.body(row.right).replace("REFRESH", "none of hers");
        let body: Value = serde_json::from_str(&body).unwrap();
        (row, body.as_object().unwrap().clone(), fields(row))
    };
    rows.map(read).collect()
}

/// The fields that an operation takes, wherever the parts of its schema are written.
pub(crate) fn fields(row: &Row) -> Vec<&'static str> {
    let schema = resolved(&row.described().2["requestBody"]["content"]["application/json"]["schema"]);
    let parts = schema["allOf"].as_array().into_iter().flatten().map(resolved);
    let all = std::iter::once(schema).chain(parts);
    all.flat_map(|part| part["properties"].as_object().into_iter().flatten()).map(|(name, _)| name.as_str()).collect()
}

fn refused(row: &Row, answer: &Answer) {
    let is_refused = answer.status.is_client_error() && answer.status != 401 && answer.status != 404;
    assert!(is_refused, "{} answers {}: {}", row.operation, answer.status, answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", row.operation);
}

/// Sends to every write what is made for it, and shows that each is refused and nothing came of it.
async fn refuse(made: impl Fn(&Row, &Map<String, Value>, &[&'static str]) -> Vec<String>) {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for (row, body, fields) in writes(&stage) {
        for sent in made(row, &body, &fields) {
            refused(row, &stage.alices_call(row).instead(sent.into()).send().await);
        }
        assert_eq!(stage.state().await, before, "{}", row.operation);
    }
}

fn with(body: &Map<String, Value>, field: &str, value: Value) -> String {
    let mut body = body.clone();
    body.insert(field.to_owned(), value);
    Value::Object(body).to_string()
}

/// A field of that name is taken by no write that does not say so.
pub(super) async fn not_taken(name: String) {
    refuse(|_, body, fields| {
        let values = [json!("x"), json!(1), json!(true), json!({"x": 1})];
        let sent = values.into_iter().map(|value| with(body, &name, value));
        if fields.contains(&name.as_str()) { Vec::new() } else { sent.collect() }
    })
    .await;
}

pub(super) async fn nulls() {
    refuse(|_, body, fields| fields.iter().map(|field| with(body, field, Value::Null)).collect()).await;
}

/// Values of every other kind in each field.
pub(super) async fn other_types() {
    refuse(|_, body, fields| {
        let kinds = [json!([[]]), json!({"x": {}}), json!(1.5)];
        fields.iter().flat_map(|field| kinds.iter().map(|kind| with(body, field, kind.clone()))).collect()
    })
    .await;
}

/// Each field that is there, twice, and one within another.
pub(super) async fn twice() {
    refuse(|row, body, fields| {
        let text = Value::Object(body.clone()).to_string();
        let rest = text.strip_prefix('{').unwrap();
        let mut all: Vec<_> = body.iter().map(|(name, value)| format!("{{\"{name}\":{value},{rest}")).collect();
        if fields.contains(&"price") {
            all.push(format!(r#"{{"price":{{"amount":"1","amount":"2","currency":"EUR"}},{rest}"#));
        }
        if row.operation == "add_items" {
            all.push(r#"{"items":[{"title":"x","title":"y"}]}"#.to_owned());
        }
        all
    })
    .await;
}

pub(super) async fn long_texts(bytes: usize) {
    let long = "x".repeat(bytes);
    refuse(|_, body, fields| vec![with(body, fields[0], json!(long))]).await;
}

/// As deep as anything nests, alone, in a field, and never ended.
pub(super) async fn nested(depth: usize) {
    refuse(|_, _, fields| {
        let pairs = [("[", "]"), ("{\"a\":", "}")];
        let deep = pairs.map(|(open, close)| format!("{}1{}", open.repeat(depth), close.repeat(depth)));
        let within = deep.clone().map(|deep| format!("{{\"{}\":{deep}}}", fields[0]));
        deep.into_iter().chain(within).chain(["[".repeat(depth)]).collect()
    })
    .await;
}

pub(super) async fn many_keys(count: usize) {
    refuse(|_, body, _| {
        let mut body = body.clone();
        body.extend((0..count).map(|number| (format!("k{number}"), json!(1))));
        vec![Value::Object(body).to_string()]
    })
    .await;
}

pub(super) async fn broken(what: &'static str) {
    refuse(|_, body, fields| {
        let good = Value::Object(body.clone());
        match what {
            "empty" => vec![String::new(), " ".to_owned(), "\u{0}".to_owned()],
            "bom" => vec![format!("\u{feff}{good}")],
            "trailing" => [" x", "{}", ",", "]"].map(|end| format!("{good}{end}")).to_vec(),
            _ => fields.iter().map(|field| format!("{{\"{field}\":\"a\\ud800b\"}}")).collect(),
        }
    })
    .await;
}

/// Bytes that are no UTF-8.
pub(super) async fn not_utf8() {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for (row, body, fields) in writes(&stage) {
        let mut bytes = with(&body, fields[0], json!("?")).into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
        bytes[at] = 0xff;
        refused(row, &stage.alices_call(row).instead(bytes).send().await);
    }
    assert_eq!(stage.state().await, before);
}

/// A good body that says it is something else.
pub(super) async fn of_type(kind: String) {
    sent_as(move |call, body| call.bare().header("content-type", &kind).body(body.into())).await;
}

/// Ten mebibytes of spaces, packed into some kilobytes.
pub(super) async fn packed() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 10 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    for coding in ["gzip", "br", "zstd", "deflate", "identity, gzip"] {
        let bomb = bomb.clone();
        sent_as(move |call, _| call.instead(bomb.clone()).header("content-encoding", coding)).await;
    }
}

async fn sent_as(change: impl Fn(Call, String) -> Call) {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for (row, body, _) in writes(&stage) {
        let answer = change(stage.alices_call(row), Value::Object(body).to_string()).is(415).await;
        assert_eq!(answer.code(), "unsupported_media_type", "{}", row.operation);
    }
    assert_eq!(stage.state().await, before);
}

/// More than any body may have, announced and not.
pub(super) async fn too_large(bytes: usize) {
    let stage = Stage::new().await;
    let before = stage.state().await;
    for (row, body, _) in writes(&stage) {
        let mut sent = Value::Object(body).to_string();
        sent.push_str(&" ".repeat(bytes - sent.len()));
        assert_eq!(stage.alices_call(row).instead(sent.into()).is(413).await.code(), "too_large", "{}", row.operation);
        let announced = stage.alices_call(row).instead(Vec::new()).header("content-length", &bytes.to_string());
        assert_eq!(announced.is(413).await.code(), "too_large", "{}", row.operation);
    }
    assert_eq!(stage.state().await, before);
}

/// A text in every field that takes text: it comes back as it was sent, or it is refused where it stands.
pub(super) async fn text(text: String) {
    Carrier::new().await.carry(&text).await;
}

/// A number of an item: it is refused and nothing changes, or it comes back as it was written.
pub(super) async fn number(field: &'static str, literal: String) {
    let stage = Stage::new().await;
    for operation in ["add_item", "update_item", "add_items"] {
        let row = Row::of(operation).unwrap();
        for written in [literal.clone(), format!("\"{literal}\"")] {
            let value = match field {
                "price" | "targetPrice" => format!(r#"{{"amount":{written},"currency":"EUR"}}"#),
                _ => written.clone(),
            };
            let item = format!(r#"{{"title":"x","{field}":{value}}}"#);
            let body = if operation == "add_items" { format!(r#"{{"items":[{item}]}}"#) } else { item };
            let before = stage.state().await;
            let answer = stage.alices_call(row).instead(body.into()).send().await;
            assert!(!answer.status.is_server_error(), "{operation} {field} {written}");
            let kept =
                if operation == "add_items" { answer.json()["results"][0]["item"].clone() } else { answer.json() };
            if answer.status.is_success() && kept.is_object() {
                let amount = kept[field].get("amount").unwrap_or(&kept[field]);
                let exact = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
                let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
                let same = text == literal || (text.contains('.') && exact(&text) == exact(&literal));
                assert!(same, "{operation} {field} {written} came back as {text}");
            } else {
                assert_eq!(stage.state().await, before, "{operation} {field} {written}");
            }
        }
    }
}
