//! Items, one by one and many at once.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use wishlist_core::model::{Availability, FailureCode, Item, Product};
use wishlist_core::table::{Stored, Transaction, keys};

use crate::world::{Answer, World};

impl World {
    /// Ends the visit of an item as a worker would.
    async fn fill(&self, answer: &Answer, product: Product, failure: Option<FailureCode>) {
        let body = answer.json();
        let id = |field: &str| body[field].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
        let key = keys::item(id("wishlistId").into(), id("id").into());
        let record = self.engine.table().get(&[key]).await.unwrap().pop().flatten().unwrap();
        let stored = Stored::<Item>::read(&record).unwrap();
        let (mut item, now) = (stored.value, self.engine.clock().now());
        item.fill(product, failure, now, now);
        let mut transaction = Transaction::new(self.engine.ids());
        transaction.replace(stored.revision, &item).unwrap();
        transaction.commit(self.engine.table()).await.unwrap();
    }
}

fn kettle() -> Product {
    let url = |name: &str| format!("https://shop.example/{name}");
    let money = |amount| wishlist_core::model::Money::new(amount, "EUR".parse().unwrap()).ok();
    Product {
        title: Some("Kettle".to_owned()),
        price: money("19.99"),
        list_price: money("29"),
        image_url: Some(url("a.jpg")),
        images: vec![url("a.jpg"), url("b.jpg")],
        availability: Some(Availability::InStock),
        brand: Some("Example Works".to_owned()),
        sku: Some("KET-1".to_owned()),
        gtin: Some("4006381333931".to_owned()),
        description: Some("Boils water.".to_owned()),
        canonical_url: Some(url("kettle")),
        site_name: Some("Shop".to_owned()),
    }
}

#[tokio::test]
async fn an_item_with_a_link_is_there_at_once_and_filled_later() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let link = json!({"url": "https://Shop.example/kettle?ref=1#top"});
    let added = world.post(&format!("{list}/items")).by(&alice).json(&link).is(201).await;
    let body = added.json();
    assert_eq!(added.location(), format!("{list}/items/{}", body["id"].as_str().unwrap()));
    let expected = json!({
        "id": body["id"], "wishlistId": body["wishlistId"], "url": "https://shop.example/kettle?ref=1", "quantity": 1,
        "status": "pending", "state": "active", "rank": "0mws3r2tc", "sources": {}, "version": 1,
        "createdAt": "2026-11-22T17:20:00.000Z", "updatedAt": "2026-11-22T17:20:00.000Z",
    });
    assert_eq!(body, expected);
    world.clock.advance(Duration::from_secs(2));
    world.fill(&added, kettle(), None).await;
    let found = world.get(&added.location()).by(&alice).is(200).await;
    assert_eq!(found.header("etag"), "\"2\"");
    let mut body = found.json();
    for id in ["id", "wishlistId"] {
        body.as_object_mut().unwrap().remove(id).unwrap();
    }
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn a_failed_visit_says_why() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let link = json!({"url": "https://shop.example/gone", "title": "Kettle"});
    let added = world.post(&format!("{list}/items")).by(&alice).json(&link).is(201).await;
    world.fill(&added, Product::default(), Some(FailureCode::NotAProduct)).await;
    let body = world.get(&added.location()).by(&alice).is(200).await.json();
    let failure = json!({"code": "not_a_product", "detail": "the page does not sell a single product"});
    assert_eq!((&body["status"], &body["failure"]), (&json!("failed"), &failure));
    assert_eq!(body["sources"], json!({"title": "user"}));
}

#[tokio::test]
async fn an_item_is_changed_and_removed() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let draft = json!({
        "title": "Socks", "note": "Warm ones", "price": {"amount": "9.5", "currency": "EUR"},
        "imageUrl": "https://shop.example/socks.jpg", "quantity": 3, "priority": 5,
    });
    let item = world.item(&alice, &list, draft).await;
    let body = world.get(&item).by(&alice).is(200).await.json();
    assert_eq!((&body["status"], &body["price"]["amount"]), (&json!("none"), &json!("9.50")));
    assert_eq!(body["sources"], json!({"title": "user", "price": "user", "imageUrl": "user"}));
    assert_eq!((&body["quantity"], &body["priority"]), (&json!(3), &json!(5)));
    let changed = world.put(&item).by(&alice).json(&json!({"title": "Gloves"})).is(200).await;
    let body = changed.json();
    assert_eq!((changed.header("etag"), &body["title"], &body["quantity"]), ("\"2\"", &json!("Gloves"), &json!(1)));
    assert!(body["note"].is_null() && body["price"].is_null() && body["priority"].is_null());
    world.delete(&item).by(&alice).is(204).await;
    assert_eq!(world.get(&item).by(&alice).is(404).await.code(), "not_found");
    assert_eq!(world.get(&list).by(&alice).is(200).await.json()["itemCount"], 0);
}

#[tokio::test]
async fn each_item_of_a_batch_has_its_own_result() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let batch = json!({"items": [
        {"title": "Socks"},
        {"url": "not a link", "quantity": 0},
        {"url": "https://shop.example/kettle"},
        {},
    ]});
    let call = world.post(&format!("{list}/items/batch")).by(&alice).header("x-request-id", "batch-1");
    let body = call.json(&batch).is(200).await.json();
    let results = body["results"].as_array().unwrap();
    assert_eq!(results[0]["item"]["title"], "Socks");
    assert_eq!(results[2]["item"]["status"], "pending");
    insta::assert_json_snapshot!([&results[1], &results[3]]);
    assert_eq!(world.get(&list).by(&alice).is(200).await.json()["itemCount"], 2);
}

#[tokio::test]
async fn a_batch_has_one_to_a_hundred_items() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let call = |items: Vec<Value>| world.post(&format!("{list}/items/batch")).by(&alice).json(&json!({"items": items}));
    for wrong in [Vec::new(), vec![json!({"title": "x"}); 101]] {
        assert_eq!(call(wrong).is(400).await.pointers(), ["/items"]);
    }
    let full = call(vec![json!({"title": "x".repeat(500), "note": "y".repeat(1900)}); 100]).is(200).await.json();
    assert_eq!(full["results"].as_array().unwrap().len(), 100);
    let mistyped = call(vec![json!({"title": "x"}), json!({"title": 1})]).is(400).await;
    assert_eq!(mistyped.pointers(), ["/items/1/title"]);
    assert_eq!(world.get(&list).by(&alice).is(200).await.json()["itemCount"], 100);
}

#[tokio::test]
async fn a_wait_lasts_while_something_is_pending() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let item = world.item(&alice, &list, json!({"url": "https://shop.example/kettle"})).await;
    // Not before: the reading of the keys has a deadline, which paused time would let pass at once.
    tokio::time::pause();
    let started = Instant::now();
    for (path, waited) in [(&item, 2), (&format!("{list}/items"), 4)] {
        world.get(&format!("{path}?wait=2")).by(&alice).is(200).await;
        assert_eq!(started.elapsed().as_secs(), waited);
    }
    let added = world.get(&item).by(&alice).is(200).await;
    world.fill(&added, kettle(), None).await;
    for path in [&item, &format!("{list}/items")] {
        world.get(&format!("{path}?wait=20")).by(&alice).is(200).await;
    }
    assert_eq!(started.elapsed().as_secs(), 4);
}

#[tokio::test]
async fn a_full_list_is_a_conflict() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let list = world.list(&alice).await;
    let batch = json!({"items": vec![json!({"title": "x"}); 100]});
    for _ in 0..10 {
        world.post(&format!("{list}/items/batch")).by(&alice).json(&batch).is(200).await;
    }
    let refused = world.post(&format!("{list}/items")).by(&alice).json(&json!({"title": "y"})).is(409).await;
    assert_eq!(refused.code(), "conflict");
    let results = world.post(&format!("{list}/items/batch")).by(&alice).json(&batch).is(200).await.json();
    assert!(results["results"].as_array().unwrap().iter().all(|result| result["problem"]["status"] == 409));
}
