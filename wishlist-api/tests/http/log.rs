//! The log: one line a request, of fields that are named here.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::access::rows::{ROWS, Row, Who};
use crate::access::stage::Stage;
use crate::contract::resolved;
use crate::world::{Call, World};

/// What was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

/// Beside one subscriber alone, what a line's place is asked for is remembered of whichever test comes there first, and most
/// tests have no subscriber.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| {
    Dispatch::new(tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(io::sink).finish())
});

impl Lines {
    /// Takes every line of this thread.
    fn listen(&self, spans: FmtSpan) -> DefaultGuard {
        LazyLock::force(&ANOTHER);
        let subscriber = tracing_subscriber::fmt().json().with_max_level(Level::TRACE).with_span_events(spans);
        tracing::subscriber::set_default(subscriber.with_writer(self.clone()).finish())
    }

    /// The lines since the last call.
    fn take(&self) -> Vec<Value> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_request_is_one_line_without_anything_personal() {
    let lines = Lines::default();
    let _guard = lines.listen(FmtSpan::NONE);
    let world = World::new().await;
    let alice = world.person("canary").await;
    let canaries = json!({"title": "canary", "note": "canary", "url": "https://canary.example/canary"});
    let item = world.item(&alice, &world.list(&alice).await, canaries).await;
    world.get("/v1/canary?canary=canary").by(&alice).is(404).await;
    world.get("/v1/me?canary").header("authorization", "Bearer canary").is(401).await;
    world.call(&"CANARY".parse().unwrap(), "/v1/me").is(405).await;
    assert!(!lines.take().iter().any(|line| line.to_string().to_lowercase().contains("canary")));

    world.get(&item).by(&alice).header("x-request-id", "r-1").is(200).await;
    let user = world.get("/v1/me").by(&alice).is(200).await.json()["userId"].clone();
    let mut fields = lines.take()[0]["fields"].clone();
    assert!(fields.as_object_mut().unwrap().remove("duration_ms").unwrap().is_u64());
    let expected = json!({
        "message": "answered", "method": "GET", "route": "/v1/wishlists/{wishlistId}/items/{itemId}", "status": 200,
        "request_id": "r-1", "user_id": user,
    });
    assert_eq!(fields, expected);
}

/// What was counted: names and labels.
#[derive(Clone, Default)]
struct Counted(Arc<Mutex<Vec<String>>>);

impl Counted {
    fn note(&self, key: &Key) {
        self.0.lock().unwrap().push(key.to_string());
    }
}

impl Recorder for Counted {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.note(key);
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.note(key);
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.note(key);
        Histogram::noop()
    }
}

/// Where each text of a schema stands, as the way to it.
fn texts(schema: &'static Value) -> Vec<Vec<&'static str>> {
    let schema = resolved(schema);
    let parts = ["allOf", "oneOf", "anyOf"].iter().flat_map(|of| schema[*of].as_array().into_iter().flatten());
    let mut all: Vec<_> = parts.flat_map(texts).collect();
    let is_text =
        schema["type"] == "string" || schema["type"].as_array().is_some_and(|of| of.contains(&json!("string")));
    all.extend(is_text.then(Vec::new));
    if schema["items"].is_object() {
        all.extend(texts(&schema["items"]).into_iter().map(|way| [vec!["0"], way].concat()));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let within = texts(property).into_iter().map(|way| [vec![name.as_str()], way].concat());
        // What is a number or a choice may be sent as a text too.
        let within: Vec<_> = within.collect();
        let alone = within.is_empty().then(|| vec![name.as_str()]);
        all.extend(within.into_iter().chain(alone));
    }
    all
}

/// The value with another where the way leads.
fn placed(mut value: Value, way: &[&str], text: &str) -> Value {
    let Some((first, rest)) = way.split_first() else {
        return json!(text);
    };
    if *first == "0" {
        let within = value.as_array().and_then(|all| all.first()).cloned().unwrap_or_default();
        return json!([placed(within, rest, text)]);
    }
    if !value.is_object() {
        value = json!({});
    }
    value[*first] = placed(value[*first].take(), rest, text);
    value
}

/// Calls of a row with a canary in one field each: in the path, the query, every header and every text of the body.
fn canaries(stage: &Stage, row: &Row) -> Vec<(String, Call)> {
    let (method, template, operation) = row.described();
    let mut all = Vec::new();
    let name = |field: &str| format!("canary-{}-{field}", row.operation.replace('_', "-"));
    let at = |list: &str, item: &str| crate::access::stage::path(template, list, item);
    let here = at(&stage.alices.list, &stage.alices.item);
    let with_token = |call: Call| if row.who == Who::Anybody { call } else { call.by(&stage.alice) };
    for parameter in row.parameters("path") {
        let text = name(parameter);
        let other = if parameter == "itemId" { at(&stage.alices.list, &text) } else { at(&text, &stage.alices.item) };
        all.push((text, with_token(stage.world.call(&method, &other))));
    }
    for parameter in row.parameters("query").into_iter().chain(["unknown"]) {
        let text = name(parameter);
        all.push((text.clone(), with_token(stage.world.call(&method, &format!("{here}?{parameter}={text}")))));
    }
    let told = [
        "authorization",
        "cookie",
        "referer",
        "user-agent",
        "x-forwarded-for",
        "origin",
        "accept-language",
        "forwarded",
    ];
    for header in row.parameters("header").into_iter().chain(told) {
        let text = name(header);
        let value = if header == "origin" { format!("https://{text}.example") } else { text.clone() };
        let call = if header == "authorization" { stage.world.call(&method, &here) } else { stage.alices_call(row) };
        all.push((text, call.header(header, &value)));
    }
    if row.takes_body() {
        let right: Value = serde_json::from_str(&stage.alices.body(row.right)).unwrap();
        for way in texts(&operation["requestBody"]["content"]["application/json"]["schema"]) {
            let text = name(&way.join("-"));
            // A link and an address are looked at as such only where they look like one.
            for value in [text.clone(), format!("https://{text}.example/{text}"), format!("{text}@example.com")] {
                let body = placed(right.clone(), &way, &value).to_string();
                all.push((text.clone(), stage.alices_call(row).instead(body.into())));
            }
        }
        let broken = name("broken");
        all.push((broken.clone(), stage.alices_call(row).instead(format!("{{\"{broken}\": {broken}").into())));
        all.push((broken.clone(), stage.alices_call(row).instead(format!("{{\"{broken}\": 1}}").into())));
    }
    all
}

#[tokio::test]
async fn no_field_of_any_request_reaches_a_log_a_metric_a_span_or_anybody_else() {
    let (lines, counted) = (Lines::default(), Counted::default());
    let _guard = lines.listen(FmtSpan::FULL);
    let _counting = metrics::set_default_local_recorder(&counted);
    let mut sent = BTreeSet::new();
    for row in ROWS {
        let stage = Stage::new().await;
        for (canary, call) in canaries(&stage, row) {
            call.send().await;
            sent.insert(canary);
        }
        let others = stage.world.state(&stage.bob).await.to_string();
        let problem =
            stage.world.get(&format!("/v1/wishlists/{}", stage.alices.list)).by(&stage.bob).send().await.text();
        let told = lines.take();
        assert!(told.iter().any(|line| line["fields"]["message"] == "answered"), "nothing was logged");
        let told = told.iter().map(Value::to_string).chain([others, problem]);
        let told = told.chain(std::mem::take(&mut *counted.0.lock().unwrap()));
        for line in told {
            let line = line.to_lowercase();
            assert!(!line.contains("canary") && !line.contains("alice"), "{}: {line}", row.operation);
        }
    }
    assert!(sent.len() > 400, "{}", sent.len());
}
