//! Items from list to list and from state to state.

use std::time::Duration;

use super::world::{World, kind, linked, named, titled};
use crate::clock::Clock as _;
use crate::error::Kind;
use crate::ids::WishlistId;
use crate::model::{Found, Item, ItemState, ItemStatus, Product, VisitedPage};
use crate::operations::{ItemFilter, StateFilter};
use crate::queue::Message;
use crate::table::{Stored, Transaction, keys};

const URL: &str = "https://shop.example/a";

#[tokio::test]
async fn a_moved_item_keeps_its_id_and_takes_its_watch_along() {
    let world = World::new().await;
    let (from, to) = (world.list().await.id, world.list().await.id);
    world.add_all(to, &["first"]).await;
    let item = world.engine.add_item(&world.alice, from, &linked(URL), None).await.unwrap().item;
    world.sent();
    world.clock.advance(Duration::from_secs(5));
    let moved = world.engine.move_item(&world.alice, from, item.id, to, None).await.unwrap();
    assert_eq!((moved.id, moved.wishlist_id, moved.version), (item.id, to, 2));
    assert_eq!((moved.created_at, moved.updated_at), (item.created_at, world.clock.now()));
    assert_eq!(kind(world.engine.find_item(&world.alice, from, item.id).await), Kind::NotFound);
    assert_eq!(world.engine.find_item(&world.alice, to, item.id).await.unwrap(), moved);
    assert_eq!(world.sent(), [Message::Visit { wishlist_id: to, item_id: item.id, url: URL.parse().unwrap() }]);
    assert_eq!(world.watchers(URL).await, 1);
    assert_eq!(world.titles(to, ItemFilter::default()).await, ["first", ""]);
    world.check_list(from).await;
    world.check_list(to).await;
    let again = world.engine.move_item(&world.alice, to, item.id, to, None).await.unwrap();
    assert_eq!(again, moved);
}

#[tokio::test]
async fn a_copy_is_active_and_on_its_own() {
    let world = World::new().await;
    let (from, to) = (world.list().await.id, world.list().await.id);
    let item = world.engine.add_item(&world.alice, from, &linked(URL), None).await.unwrap().item;
    world.engine.receive_item(&world.alice, from, item.id, None).await.unwrap();
    world.clock.advance(Duration::from_secs(5));
    for list in [to, from] {
        let copy = world.engine.copy_item(&world.alice, from, item.id, list, None).await.unwrap();
        assert_ne!(copy.id, item.id);
        assert_eq!((copy.wishlist_id, copy.state, copy.version), (list, ItemState::Active, 1));
        assert_eq!((copy.created_at, copy.status), (world.clock.now(), ItemStatus::Pending));
        world.check_list(list).await;
    }
    assert_eq!(world.watchers(URL).await, 3);
    world.engine.remove_item(&world.alice, from, item.id, None).await.unwrap();
    assert_eq!(world.watchers(URL).await, 2);
}

#[tokio::test]
async fn a_copy_says_what_the_page_says_while_the_page_still_tells_its_watchers() {
    let world = World::new().await;
    let list = world.list().await.id;
    let item = world.engine.add_item(&world.alice, list, &linked(URL), None).await.unwrap().item;
    let (table, now) = (world.engine.table(), world.clock.now());
    let found =
        |title: &str| Found { product: Product { title: Some(title.to_owned()), ..Product::default() }, failure: None };
    let page = VisitedPage::unvisited(item.url.clone().unwrap(), now).settle(found("old"), now, now).page;
    let stored = Stored::<Item>::find(table, keys::item(list, item.id)).await.unwrap().unwrap();
    let mut told = stored.value.clone();
    page.tell(&mut told, now);
    let mut transaction = Transaction::new(world.engine.ids());
    transaction.create(&page).unwrap().replace(stored.revision, &told).unwrap();
    transaction.commit(table).await.unwrap();
    world.clock.advance(Duration::from_mins(1));
    let later = world.clock.now();
    let mut transaction = Transaction::new(world.engine.ids());
    transaction.put(&page.settle(found("new"), later, later).page).unwrap();
    transaction.commit(table).await.unwrap();
    let copy = world.engine.copy_item(&world.alice, list, item.id, list, None).await.unwrap();
    let source = world.engine.find_item(&world.alice, list, item.id).await.unwrap();
    assert_eq!((source.title(), copy.title()), (Some("old"), Some("new")));
}

#[tokio::test]
async fn only_a_list_of_ones_own_with_room_takes_an_item() {
    let world = World::new().await;
    let (from, full) = (world.list().await.id, world.list().await.id);
    let of_bob = world.engine.create_wishlist(&world.bob, &named("Bob's"), None).await.unwrap().id;
    let item = world.add_all(from, &["Kettle"]).await[0];
    for _ in 0..10 {
        let drafts: Vec<_> = (0..100).map(|number| titled(&number.to_string())).collect();
        world.engine.add_items(&world.alice, full, &drafts, None).await.unwrap();
    }
    let rows = [
        (of_bob, Kind::Unprocessable),
        (world.engine.ids().mint::<WishlistId>(), Kind::Unprocessable),
        (full, Kind::Conflict),
    ];
    for (to, expected) in rows {
        assert_eq!(kind(world.engine.move_item(&world.alice, from, item, to, None).await), expected);
        assert_eq!(kind(world.engine.copy_item(&world.alice, from, item, to, None).await), expected);
    }
    assert_eq!(kind(world.engine.move_item(&world.bob, from, item, of_bob, None).await), Kind::NotFound);
    assert_eq!(kind(world.engine.copy_item(&world.bob, from, item, of_bob, None).await), Kind::NotFound);
    for list in [from, full] {
        world.check_list(list).await;
    }
}

#[tokio::test]
async fn a_received_item_is_kept_out_of_the_way_and_restored_to_its_place() {
    let world = World::new().await;
    let list = world.list().await.id;
    let ids = world.add_all(list, &["a", "b", "c"]).await;
    let received = world.engine.receive_item(&world.alice, list, ids[1], None).await.unwrap();
    assert_eq!((received.state, received.version), (ItemState::Received, 2));
    assert_eq!(world.engine.receive_item(&world.alice, list, ids[1], None).await.unwrap(), received);
    let of = |state| ItemFilter { state, ..ItemFilter::default() };
    assert_eq!(world.titles(list, of(StateFilter::Active)).await, ["a", "c"]);
    assert_eq!(world.titles(list, of(StateFilter::Received)).await, ["b"]);
    assert_eq!(world.titles(list, of(StateFilter::All)).await, ["a", "b", "c"]);
    assert_eq!(world.engine.find_wishlist(&world.alice, list).await.unwrap().item_count, 2);
    world.check_list(list).await;
    let other = world.list().await.id;
    let moved = world.engine.move_item(&world.alice, list, ids[1], other, None).await.unwrap();
    assert_eq!(moved.state, ItemState::Received);
    world.check_list(other).await;
    world.engine.move_item(&world.alice, other, ids[1], list, None).await.unwrap();
    world.engine.restore_item(&world.alice, list, ids[1], None).await.unwrap();
    assert_eq!(world.titles(list, ItemFilter::default()).await, ["a", "c", "b"]);
    world.engine.receive_item(&world.alice, list, ids[0], None).await.unwrap();
    world.engine.remove_item(&world.alice, list, ids[0], None).await.unwrap();
    world.check_list(list).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_lists_that_exchange_their_items_lose_none() {
    let world = World::new().await;
    let lists = [world.list().await.id, world.list().await.id];
    let mut calls = Vec::new();
    for (from, to) in [(lists[0], lists[1]), (lists[1], lists[0])] {
        for id in world.add_all(from, &["a", "b", "c", "d", "e", "f", "g", "h"]).await {
            let (engine, alice) = (world.engine.clone(), world.alice.clone());
            calls.push(tokio::spawn(async move { engine.move_item(&alice, from, id, to, None).await }));
        }
    }
    for outcome in futures_util::future::join_all(calls).await {
        outcome.unwrap().unwrap();
    }
    for list in lists {
        world.check_list(list).await;
        assert_eq!(world.engine.find_wishlist(&world.alice, list).await.unwrap().item_count, 8);
    }
}
