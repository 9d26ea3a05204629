//! The log: one line a request, of fields that are named here.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::world::World;

/// What was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
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
    let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(lines.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
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
