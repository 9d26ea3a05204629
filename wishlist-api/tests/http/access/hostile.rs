//! Looks at pages of shops that mean harm: what is read of one is plain and bounded, or nothing, and it is never a fault.

use serde_json::{Value, json};

use super::stage::Stage;

/// Looks at a page as a person does, and holds what comes of it.
pub(super) async fn seen(name: &'static str) {
    let stage = Stage::new().await;
    let ask = json!({"url": format!("https://hostile.example/{name}")});
    let answer = stage.world.post("/v1/products/preview").by(&stage.alice).json(&ask).is(200).await;
    let (text, told) = (answer.text(), answer.json());
    for scheme in ["javascript:", "data:", "vbscript:", "onerror=alert"] {
        assert!(!text.contains(scheme), "{name}: {text:.300}");
    }
    assert!(text.len() < 10_000, "{name}: {} bytes", text.len());
    let facts = &told["product"];
    match name {
        "price" | "currency" => assert!(facts["price"].is_null(), "{name}: {told}"),
        "robot" => assert_eq!((&told["kind"], &facts["price"]), (&json!("blocked"), &Value::Null), "{told}"),
        "link" | "deep" => assert_eq!(facts["title"], "Mill", "{told}"),
        _ => assert!(facts["title"].as_str().is_some_and(|title| title.chars().count() <= 500), "{name}: {told:.300}"),
    }
    // What was read is kept as any other text of an item is, and comes back as text.
    if let Some(title) = facts["title"].as_str() {
        let list = format!("/v1/wishlists/{}", stage.alices.list);
        let path = stage.world.item(&stage.alice, &list, json!({"title": title})).await;
        let kept = stage.world.get(&path).by(&stage.alice).is(200).await;
        assert_eq!((&kept.json()["title"], kept.header("content-type")), (&json!(title), "application/json"), "{name}");
    }
}
