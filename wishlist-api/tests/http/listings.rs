//! Listings, page by page.

use serde_json::{Value, json};

use crate::world::{Person, World};

/// All records of a listing in pages of `limit`, and the cursors between.
async fn walk(world: &World, by: &Person, path: &str, limit: usize) -> (Vec<Value>, Vec<String>) {
    let (mut records, mut cursors) = (Vec::new(), Vec::new());
    let mut next = format!("{path}?limit={limit}");
    loop {
        let page = world.get(&next).by(by).is(200).await.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        records.extend(items.iter().cloned());
        let Some(cursor) = page["nextCursor"].as_str() else { return (records, cursors) };
        next = format!("{path}?limit={limit}&cursor={cursor}");
        cursors.push(cursor.to_owned());
    }
}

/// A person with seven wishlists, the first of seven items.
async fn reader(world: &World, name: &str) -> (Person, String) {
    let person = world.person(name).await;
    let mut lists = Vec::new();
    for number in 0..7 {
        let made = world.post("/v1/wishlists").by(&person).json(&json!({"name": number.to_string()})).is(201).await;
        lists.push(made.location());
    }
    let items = format!("{}/items", lists[0]);
    let batch: Vec<_> = (0..7).map(|number| json!({"title": number.to_string()})).collect();
    world.post(&format!("{items}/batch")).by(&person).json(&json!({"items": batch})).is(200).await;
    (person, items)
}

#[tokio::test]
async fn a_walk_gives_each_record_once() {
    let world = World::new().await;
    let (alice, items) = reader(&world, "alice").await;
    for (path, field) in [("/v1/wishlists", "name"), (items.as_str(), "title")] {
        let (all, _) = walk(&world, &alice, path, 100).await;
        let names: Vec<_> = all.iter().map(|record| record[field].as_str().unwrap()).collect();
        assert_eq!(names, ["0", "1", "2", "3", "4", "5", "6"]);
        for limit in 1..=8 {
            assert_eq!(walk(&world, &alice, path, limit).await.0, all, "{path} by {limit}");
        }
    }
}

#[tokio::test]
async fn a_cursor_outlives_the_record_it_stands_at() {
    let world = World::new().await;
    let (alice, items) = reader(&world, "alice").await;
    let page = world.get(&format!("{items}?limit=3")).by(&alice).is(200).await.json();
    let last = page["items"][2]["id"].as_str().unwrap();
    world.delete(&format!("{items}/{last}")).by(&alice).is(204).await;
    let cursor = page["nextCursor"].as_str().unwrap();
    let rest = world.get(&format!("{items}?cursor={cursor}")).by(&alice).is(200).await.json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 4);
    assert_eq!(rest["items"][0]["title"], "3");
}

#[tokio::test]
async fn a_cursor_is_good_for_its_caller_and_listing_alone() {
    let world = World::new().await;
    let ((alice, items), (bob, of_bob)) = (reader(&world, "alice").await, reader(&world, "bob").await);
    let lists = walk(&world, &alice, "/v1/wishlists", 3).await.1.remove(0);
    let cursor = walk(&world, &alice, &items, 3).await.1.remove(0);
    let second = world.get("/v1/wishlists").by(&alice).is(200).await.json()["items"][1]["id"].clone();
    let other = format!("/v1/wishlists/{}/items", second.as_str().unwrap());
    let flipped: String =
        cursor.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c }).collect();
    let rows = [
        (&bob, "/v1/wishlists", lists.as_str()),
        (&bob, items.as_str(), cursor.as_str()),
        (&bob, of_bob.as_str(), cursor.as_str()),
        (&alice, "/v1/wishlists", cursor.as_str()),
        (&alice, items.as_str(), lists.as_str()),
        (&alice, other.as_str(), cursor.as_str()),
        (&alice, items.as_str(), flipped.as_str()),
        (&alice, items.as_str(), ""),
        (&alice, items.as_str(), "%00"),
        (&alice, items.as_str(), cursor.get(1..).unwrap()),
    ];
    for (person, path, cursor) in rows {
        let refused = world.get(&format!("{path}?cursor={cursor}")).by(person).is(400).await;
        assert_eq!((refused.code().as_str(), refused.pointers()), ("invalid", vec!["/cursor".to_owned()]), "{path}");
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_as_expected_is_named() {
    let world = World::new().await;
    let (alice, items) = reader(&world, "alice").await;
    let item = world.get(&items).by(&alice).is(200).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let item = format!("{items}/{item}");
    let many = "p=x&".repeat(10_000);
    let rows: [(&str, &str, &str); 16] = [
        ("/v1/wishlists", "limit=0", "/limit"),
        ("/v1/wishlists", "limit=101", "/limit"),
        ("/v1/wishlists", "limit=-1", "/limit"),
        ("/v1/wishlists", "limit=abc", "/limit"),
        ("/v1/wishlists", "limit=", "/limit"),
        ("/v1/wishlists", "limit=1.5", "/limit"),
        ("/v1/wishlists", "limit=99999999999999999999", "/limit"),
        ("/v1/wishlists", "limit=1&limit=2", "/limit"),
        ("/v1/wishlists", "limit=0&cursor=x", "/limit /cursor"),
        ("/v1/wishlists", "wait=1", "/wait"),
        ("/v1/wishlists", "sort=price", "/sort"),
        ("/v1/wishlists", &many, "/p"),
        (&items, "wait=21", "/wait"),
        (&items, "wait=-1", "/wait"),
        (&item, "wait=x", "/wait"),
        (&item, "limit=1", "/limit"),
    ];
    for (path, query, pointers) in rows {
        let refused = world.get(&format!("{path}?{query}")).by(&alice).is(400).await;
        assert_eq!(
            (refused.code().as_str(), refused.pointers().join(" ").as_str()),
            ("invalid", pointers),
            "{query:.40}"
        );
    }
}
