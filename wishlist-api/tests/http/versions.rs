//! `ETag` and `If-Match`.

use serde_json::{Value, json};

use crate::world::{Person, World};

/// A wishlist and an item, both at version 2, and what replaces them.
async fn records(world: &World, alice: &Person) -> [(String, Value); 2] {
    let list = world.list(alice).await;
    let item = world.item(alice, &list, json!({"title": "Kettle"})).await;
    let records = [(item, json!({"title": "Pot"})), (list, json!({"name": "Party"}))];
    for (path, draft) in &records {
        assert_eq!(world.put(path).by(alice).json(draft).is(200).await.header("etag"), "\"2\"");
    }
    records
}

#[tokio::test]
async fn a_write_takes_place_only_on_the_version_it_names() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    for (path, draft) in records(&world, &alice).await {
        let field = if path.contains("/items/") { "title" } else { "name" };
        let other = json!({field: "x"});
        for tag in ["\"1\"", "\"3\"", "W/\"2\"", "2", "\"2\", \"3\"", "\"02\"", "", "x"] {
            for call in [world.put(&path).json(&other), world.delete(&path)] {
                assert_eq!(call.by(&alice).header("if-match", tag).is(412).await.code(), "stale", "{tag}");
            }
        }
        let unchanged = world.get(&path).by(&alice).is(200).await;
        assert_eq!(unchanged.header("etag"), "\"2\"");
        for tag in ["\"2\"", "*"] {
            let same = world.put(&path).by(&alice).header("if-match", tag).json(&draft).is(200).await;
            assert_eq!(same.json(), unchanged.json());
        }
        world.delete(&path).by(&alice).header("if-match", "\"2\"").is(204).await;
        world.put(&path).by(&alice).header("if-match", "*").json(&draft).is(404).await;
        world.delete(&path).by(&alice).header("if-match", "*").is(404).await;
    }
}

#[tokio::test]
async fn two_conditions_are_none() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let [(item, _), _] = records(&world, &alice).await;
    let call = world.delete(&item).by(&alice).header("if-match", "\"2\"").header("if-match", "\"2\"");
    assert_eq!(call.is(412).await.code(), "stale");
}
