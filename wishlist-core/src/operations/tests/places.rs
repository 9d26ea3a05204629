//! The manual order.

use super::world::{World, kind, titled};
use crate::clock::{Random as _, SeededRandom};
use crate::error::Kind;
use crate::ids::{ItemId, WishlistId};
use crate::model::{Item, Rank};
use crate::operations::{ItemFilter, Neighbours};
use crate::table::{Entity, Stored, Transaction, keys};

fn after(id: ItemId) -> Neighbours {
    Neighbours { after: Some(id), before: None }
}

fn before(id: ItemId) -> Neighbours {
    Neighbours { after: None, before: Some(id) }
}

fn between(after: ItemId, before: ItemId) -> Neighbours {
    Neighbours { after: Some(after), before: Some(before) }
}

impl World {
    async fn place(&self, list: WishlistId, id: ItemId, neighbours: Neighbours) -> Item {
        self.engine.place_item(&self.alice, list, id, neighbours, None).await.unwrap()
    }

    /// Writes an item's rank as it is, as nothing but a fault would.
    async fn put_rank(&self, list: WishlistId, id: ItemId, rank: Rank) {
        let stored = Stored::<Item>::find(&*self.table, keys::item(list, id)).await.unwrap().unwrap();
        let mut transaction = Transaction::new(self.engine.ids());
        transaction.replace(stored.revision, &Item { rank, ..stored.value }).unwrap();
        transaction.commit(&*self.table).await.unwrap();
    }
}

#[tokio::test]
async fn an_item_goes_where_it_is_placed_and_no_other_changes() {
    let world = World::new().await;
    let list = world.list().await.id;
    let ids = world.add_all(list, &["a", "b", "c", "d"]).await;
    let [a, b, c, d] = ids[..] else { unreachable!() };
    let rows = [
        (d, before(a), "dabc"),
        (d, after(b), "abdc"),
        (a, after(c), "bdca"),
        (c, between(b, d), "bcda"),
        (c, Neighbours { after: Some(d), before: Some(a) }, "bdca"),
        (a, between(b, c), "bdac"),
    ];
    for (id, neighbours, order) in rows {
        let others: Vec<_> = ids.iter().filter(|other| **other != id).collect();
        let mut kept = Vec::new();
        for other in &others {
            kept.push(world.engine.find_item(&world.alice, list, **other).await.unwrap());
        }
        let version = world.engine.find_item(&world.alice, list, id).await.unwrap().version;
        let placed = world.place(list, id, neighbours).await;
        let titles = world.titles(list, ItemFilter::default()).await.concat();
        if order == "bdac" {
            // Anywhere between the two.
            assert!(["bdac", "badc"].contains(&titles.as_str()), "{titles}");
        } else {
            assert_eq!(placed.version, version + 1, "{order}");
            assert_eq!(titles, order);
        }
        for (other, kept) in others.into_iter().zip(kept) {
            assert_eq!(world.engine.find_item(&world.alice, list, *other).await.unwrap(), kept);
        }
    }
    world.add_all(list, &["e"]).await;
    assert!(world.titles(list, ItemFilter::default()).await.concat().ends_with('e'));
}

#[tokio::test]
async fn an_item_that_stands_there_already_stays_as_it_is() {
    let world = World::new().await;
    let list = world.list().await.id;
    let ids = world.add_all(list, &["a", "b", "c"]).await;
    let [a, b, c] = ids[..] else { unreachable!() };
    for neighbours in [after(a), before(c), between(a, c)] {
        let placed = world.place(list, b, neighbours).await;
        assert_eq!(placed.version, 1);
    }
}

#[tokio::test]
async fn a_place_that_is_none_is_refused() {
    let world = World::new().await;
    let list = world.list().await.id;
    let ids = world.add_all(list, &["a", "b", "c"]).await;
    let [a, b, c] = ids[..] else { unreachable!() };
    let elsewhere = world.add_all(world.list().await.id, &["x"]).await[0];
    let rows = [
        (Neighbours::default(), Kind::Invalid),
        (after(a), Kind::Unprocessable),
        (before(elsewhere), Kind::Unprocessable),
        (between(b, elsewhere), Kind::Unprocessable),
        (between(c, b), Kind::Conflict),
        (between(b, b), Kind::Conflict),
    ];
    for (neighbours, expected) in rows {
        let outcome = world.engine.place_item(&world.alice, list, a, neighbours, None).await;
        assert_eq!(kind(outcome), expected, "{neighbours:?}");
    }
    assert_eq!(kind(world.engine.place_item(&world.alice, list, elsewhere, after(a), None).await), Kind::NotFound);
    assert_eq!(kind(world.engine.place_item(&world.bob, list, a, after(b), None).await), Kind::NotFound);
    assert_eq!(world.titles(list, ItemFilter::default()).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn any_number_of_placements_gives_the_order_that_was_asked_for() {
    let world = World::new().await;
    let list = world.list().await.id;
    let titles: Vec<String> = (0..30).map(|number| format!("{number:02}")).collect();
    let mut order = world.add_all(list, &titles.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let random = SeededRandom::new(3);
    for _ in 0..400 {
        let pick = |bound: usize| usize::try_from(random.below(bound as u64)).unwrap();
        let id = order.remove(pick(order.len()));
        // Near the front, where the ranks get long.
        let place = pick(3);
        world.place(list, id, before(order[place])).await;
        order.insert(place, id);
    }
    let page = world.engine.list_items(&world.alice, list, ItemFilter::default(), None, 100).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.id).collect::<Vec<_>>(), order);
    assert!(page.items.iter().all(|item| item.rank.as_str().len() <= Rank::MAX_BYTES));
}

#[tokio::test]
async fn between_equals_and_beside_a_rank_that_is_too_long_room_is_made() {
    let world = World::new().await;
    let list = world.list().await.id;
    let titles: Vec<String> = (0..200).map(|number| format!("{number:03}")).collect();
    let ids = world.add_all(list, &titles.iter().map(String::as_str).collect::<Vec<_>>()).await;
    // An older version wrote no ranks, so that ten in the middle are equals.
    let equal = Stored::<Item>::find(&*world.table, keys::item(list, ids[100])).await.unwrap().unwrap().value.rank;
    for id in &ids[101..110] {
        world.put_rank(list, *id, equal.clone()).await;
    }
    world.place(list, ids[199], between(ids[104], ids[105])).await;
    let mut expected = ids.clone();
    let last = expected.pop().unwrap();
    expected.insert(105, last);
    let page = world.engine.list_items(&world.alice, list, ItemFilter::default(), None, 1000).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.id).collect::<Vec<_>>(), expected);
    assert!(page.items.iter().all(|item| item.version == if item.id == ids[199] { 2 } else { 1 }));
    let written = page.items.iter().filter(|item| revision(&world, item) > 1).count();
    assert!(written > 10, "{written}");
    world.add_all(list, &["end"]).await;
    assert_eq!(world.titles(list, ItemFilter::default()).await.pop().unwrap(), "end");
}

fn revision(world: &World, item: &Item) -> u64 {
    let found = futures_util::FutureExt::now_or_never(async { Stored::<Item>::find(&*world.table, item.key()).await });
    found.map_or(2, |found| found.unwrap().unwrap().revision.number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_who_place_between_the_same_neighbours_all_come_through() {
    let world = World::new().await;
    let list = world.list().await.id;
    let first = world.add_all(list, &["low", "high"]).await;
    let [low, high] = first[..] else { unreachable!() };
    let mut placing = Vec::new();
    for number in 0..20 {
        let id = world.engine.add_item(&world.alice, list, &titled(&number.to_string()), None).await.unwrap().item.id;
        let (engine, alice) = (world.engine.clone(), world.alice.clone());
        placing.push((id, async move { engine.place_item(&alice, list, id, between(low, high), None).await }));
    }
    let (ids, calls): (Vec<_>, Vec<_>) = placing.into_iter().unzip();
    for outcome in futures_util::future::join_all(calls.into_iter().map(tokio::spawn)).await {
        outcome.unwrap().unwrap();
    }
    let page = world.engine.list_items(&world.alice, list, ItemFilter::default(), None, 100).await.unwrap();
    let order: Vec<_> = page.items.iter().map(|item| item.id).collect();
    assert_eq!((order[0], order[21], order.len()), (low, high, 22));
    assert!(ids.iter().all(|id| order.contains(id)));
    let ranks: std::collections::BTreeSet<_> = page.items.iter().map(|item| &item.rank).collect();
    assert_eq!(ranks.len(), 22);
}
