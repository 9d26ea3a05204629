//! How many visits a caller may ask for.

use std::time::Duration;

use super::world::{World, kind, linked, titled};
use crate::error::Kind;
use crate::operations::ItemFilter;

#[tokio::test]
async fn what_costs_a_visit_is_counted_and_refused_until_the_next_hour() {
    let world = World::new().await;
    let engine = world.engine.clone().with_visits_per_hour(5);
    let list = world.list().await.id;
    let url = |number: u32| linked(&format!("https://shop.example/{number}"));
    // Forty minutes after the hour.
    let batch = [url(1), url(2), titled("no visit"), url(3)];
    engine.add_items(&world.alice, list, &batch, None).await.unwrap();
    let item = engine.add_item(&world.alice, list, &url(4), None).await.unwrap().item.id;
    engine.update_item(&world.alice, list, item, &url(5), None).await.unwrap();
    for refused in [
        engine.add_item(&world.alice, list, &url(6), None).await.map(drop),
        engine.update_item(&world.alice, list, item, &url(6), None).await.map(drop),
        engine.copy_item(&world.alice, list, item, list, None).await.map(drop),
        engine.add_items(&world.alice, list, &[url(7)], None).await.map(drop),
    ] {
        let error = refused.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (Kind::RateLimited, Some(Duration::from_mins(40))));
    }
    engine.add_item(&world.alice, list, &titled("no visit"), None).await.unwrap();
    assert_eq!(world.titles(list, ItemFilter::default()).await.len(), 6);
    let of_bob = engine.create_wishlist(&world.bob, &super::world::named("Bob's"), None).await.unwrap().id;
    engine.add_item(&world.bob, of_bob, &url(1), None).await.unwrap();
    world.clock.advance(Duration::from_mins(40));
    engine.add_item(&world.alice, list, &url(6), None).await.unwrap();
}

#[tokio::test]
async fn a_call_that_is_sent_again_is_counted_once() {
    let world = World::new().await;
    let engine = world.engine.clone().with_visits_per_hour(1);
    let (list, key) = (world.list().await.id, "k".parse().unwrap());
    for _ in 0..3 {
        engine.add_item(&world.alice, list, &linked("https://shop.example/a"), Some(&key)).await.unwrap();
    }
    let another = engine.add_item(&world.alice, list, &linked("https://shop.example/b"), None).await;
    assert_eq!(kind(another), Kind::RateLimited);
}

#[tokio::test]
async fn a_batch_is_charged_for_what_there_is_room_for() {
    let world = World::new().await;
    let list = world.list().await.id;
    for _ in 0..9 {
        world.engine.add_items(&world.alice, list, &vec![titled("a"); 100], None).await.unwrap();
    }
    world.engine.add_items(&world.alice, list, &vec![titled("a"); 99], None).await.unwrap();
    let engine = world.engine.clone().with_visits_per_hour(2);
    let links: Vec<_> = (0..20).map(|number| linked(&format!("https://shop.example/{number}"))).collect();
    let results = engine.add_items(&world.alice, list, &links, None).await.unwrap();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let other = world.list().await.id;
    engine.add_item(&world.alice, other, &links[1], None).await.unwrap();
    assert_eq!(kind(engine.add_item(&world.alice, other, &links[2], None).await), Kind::RateLimited);
}
