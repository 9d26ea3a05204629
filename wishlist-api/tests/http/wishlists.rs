//! Wishlists, from their making to their end.

use std::time::Duration;

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_wishlist_is_made_found_changed_and_deleted() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let draft = json!({
        "name": "Birthday", "description": "Nothing loud", "occasion": "birthday", "eventDate": "2027-05-14",
        "currency": "EUR",
    });
    let made = world.post("/v1/wishlists").by(&alice).json(&draft).is(201).await;
    let (path, body) = (made.location(), made.json());
    assert_eq!(path, format!("/v1/wishlists/{}", body["id"].as_str().unwrap()));
    assert_eq!((made.header("etag"), &body["itemCount"]), ("\"1\"", &json!(0)));
    for (field, value) in draft.as_object().unwrap() {
        assert_eq!(&body[field], value);
    }
    let found = world.get(&path).by(&alice).is(200).await;
    assert_eq!((found.json(), found.header("etag")), (body.clone(), "\"1\""));
    world.clock.advance(Duration::from_secs(1));
    let changed = world.put(&path).by(&alice).json(&json!({"name": "Party"})).is(200).await;
    let expected = json!({
        "id": body["id"], "name": "Party", "itemCount": 0, "archived": false, "role": "owner", "version": 2,
        "claimPolicy": {"recipientSees": "none", "giversSee": "state", "guestClaims": true},
        "createdAt": body["createdAt"], "updatedAt": "2026-11-22T17:20:01.000Z",
    });
    assert_eq!((changed.json(), changed.header("etag")), (expected, "\"2\""));
    assert!(world.delete(&path).by(&alice).is(204).await.body.is_empty());
    assert_eq!(world.get(&path).by(&alice).is(404).await.code(), "not_found");
    assert_eq!(world.delete(&path).by(&alice).is(404).await.code(), "not_found");
    assert_eq!(world.get("/v1/wishlists").by(&alice).is(200).await.json(), json!({"items": []}));
}

#[tokio::test]
async fn an_answer_has_the_fields_of_the_contract_and_no_other() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let body = world.post("/v1/wishlists").by(&alice).json(&json!({"name": "x"})).is(201).await.json();
    let fields: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    let expected = ["archived", "claimPolicy", "createdAt", "id", "itemCount", "name", "role", "updatedAt", "version"];
    assert_eq!(fields, expected);
}
