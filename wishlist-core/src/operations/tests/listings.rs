//! Orders, filters, pages.

use std::sync::Arc;

use super::world::{World, linked, named};
use crate::ids::WishlistId;
use crate::model::{ItemDraft, ItemStatus, MoneyDraft};
use crate::operations::{ItemFilter, ItemPosition, ItemSort, KeptItem, Neighbours, StateFilter};

fn by(sort: ItemSort) -> ItemFilter {
    ItemFilter { sort, ..ItemFilter::default() }
}

fn priced(title: &str, price: Option<(&str, &str)>, priority: Option<i64>) -> ItemDraft {
    let money =
        |(amount, currency): (&str, &str)| MoneyDraft { amount: amount.to_owned(), currency: currency.to_owned() };
    ItemDraft { title: Some(title.to_owned()), price: price.map(money), priority, ..ItemDraft::default() }
}

impl World {
    async fn walk(&self, list: WishlistId, filter: ItemFilter, limit: usize) -> Vec<Arc<KeptItem>> {
        let (mut items, mut after) = (Vec::new(), None::<ItemPosition>);
        loop {
            let page = self.engine.list_items(&self.alice, list, filter, after.as_ref(), limit).await.unwrap();
            assert!(page.items.len() <= limit);
            items.extend(page.items);
            // As a cursor carries it.
            after = page.next.map(|next| next.to_string().parse().unwrap());
            if after.is_none() {
                return items;
            }
        }
    }
}

#[tokio::test]
async fn items_come_in_the_order_that_was_asked_for() {
    let world = World::new().await;
    let list = world.list().await.id;
    let drafts = [
        priced("a", Some(("9.50", "EUR")), None),
        priced("b", None, Some(1)),
        priced("c", Some(("100", "EUR")), Some(5)),
        priced("d", Some(("5", "USD")), Some(5)),
        priced("e", Some(("9.5", "EUR")), Some(3)),
    ];
    for draft in drafts {
        world.engine.add_item(&world.alice, list, &draft, None).await.unwrap();
        world.clock.advance(std::time::Duration::from_millis(1));
    }
    let rows = [
        (ItemSort::Rank, "abcde"),
        (ItemSort::CreatedAt, "edcba"),
        (ItemSort::Price, "aecdb"),
        (ItemSort::Priority, "cdeba"),
    ];
    for (sort, expected) in rows {
        assert_eq!(world.titles(list, by(sort)).await.concat(), expected, "{sort:?}");
        for limit in 1..=6 {
            let walked: String =
                world.walk(list, by(sort), limit).await.iter().filter_map(|item| item.title()).collect();
            assert_eq!(walked, expected, "{sort:?} by {limit}");
        }
    }
}

#[tokio::test]
async fn items_are_filtered_by_state_and_status() {
    let world = World::new().await;
    let list = world.list().await.id;
    world.add_all(list, &["a", "b"]).await;
    let linked = world.engine.add_item(&world.alice, list, &linked("https://shop.example/a"), None).await.unwrap().item;
    let pending = ItemFilter { status: Some(ItemStatus::Pending), ..ItemFilter::default() };
    assert_eq!(world.walk(list, pending, 50).await.len(), 1);
    world.engine.receive_item(&world.alice, list, linked.id, None).await.unwrap();
    assert!(world.walk(list, pending, 50).await.is_empty());
    assert_eq!(world.walk(list, ItemFilter { state: StateFilter::All, ..pending }, 50).await.len(), 1);
    let ready = ItemFilter { status: Some(ItemStatus::Ready), state: StateFilter::All, ..ItemFilter::default() };
    assert!(world.walk(list, ready, 50).await.is_empty());
}

#[tokio::test]
async fn a_walk_gives_what_stays_exactly_once_whatever_comes_and_goes() {
    let world = World::new().await;
    let list = world.list().await.id;
    let titles: Vec<String> = (0..40).map(|number| format!("{number:02}")).collect();
    let ids = world.add_all(list, &titles.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (mut seen, mut after) = (Vec::new(), None::<ItemPosition>);
    for turn in 0.. {
        let page = world.engine.list_items(&world.alice, list, ItemFilter::default(), after.as_ref(), 7).await.unwrap();
        seen.extend(page.items.iter().map(|item| item.id));
        after = page.next;
        if after.is_none() {
            break;
        }
        // Those at odd places stay; of the others one goes, one moves, and a new one comes.
        world.engine.remove_item(&world.alice, list, ids[turn * 4], None).await.unwrap();
        let front = Neighbours { after: None, before: Some(ids[1]) };
        world.engine.place_item(&world.alice, list, ids[38 - turn * 4], front, None).await.unwrap();
        world.add_all(list, &["new"]).await;
    }
    for id in ids.iter().skip(1).step_by(2) {
        assert_eq!(seen.iter().filter(|other| *other == id).count(), 1, "{id}");
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
}

#[tokio::test]
async fn a_place_of_another_making_is_none() {
    for text in ["", "x", "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2a1", "0199d3c9-0b44-7e02-8f1a-6c5d4e3f2aZZ0mws"] {
        assert!(text.parse::<ItemPosition>().is_err(), "{text}");
    }
}

#[tokio::test]
async fn archived_lists_are_listed_apart() {
    let world = World::new().await;
    let mut lists = Vec::new();
    for number in 0..9 {
        let list = world.engine.create_wishlist(&world.alice, &named(&number.to_string()), None).await.unwrap();
        if number % 3 == 0 {
            let draft = crate::model::WishlistDraft { archived: true, ..named(&list.name) };
            world.engine.update_wishlist(&world.alice, list.id, &draft, None).await.unwrap();
        }
        lists.push(list.id);
    }
    for (archived, expected) in [(Some(true), 3), (Some(false), 6), (None, 9)] {
        for limit in [1, 2, 3, 50] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = world.engine.list_wishlists(&world.alice, archived, after, limit).await.unwrap();
                assert!(page.items.len() <= limit);
                seen.extend(page.items.into_iter().map(|list| list.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let kept = lists.iter().filter(|id| seen.contains(id)).copied().collect::<Vec<_>>();
            assert_eq!((seen.len(), kept), (expected, seen), "{archived:?} by {limit}");
        }
    }
}

#[tokio::test]
async fn an_item_says_of_which_it_is_the_second() {
    let world = World::new().await;
    let list = world.list().await.id;
    let add = async |url: &str| world.engine.add_item(&world.alice, list, &linked(url), None).await.unwrap();
    let first = add("https://shop.example/a").await;
    assert_eq!(first.duplicate_of, None);
    assert_eq!(add("https://shop.example/a#reviews").await.duplicate_of, Some(first.item.id));
    assert_eq!(add("https://shop.example/a?size=m").await.duplicate_of, None);
    let drafts = ["a", "b", "b"].map(|path| linked(&format!("https://shop.example/{path}")));
    let batch = world.engine.add_items(&world.alice, list, &drafts, None).await.unwrap();
    let batch: Vec<_> = batch.into_iter().map(Result::unwrap).collect();
    let said: Vec<_> = batch.iter().map(|added| added.duplicate_of).collect();
    assert_eq!(said, [Some(first.item.id), None, Some(batch[1].item.id)]);
    let other = world.list().await.id;
    let elsewhere = world.engine.add_item(&world.alice, other, &linked("https://shop.example/a"), None).await.unwrap();
    assert_eq!(elsewhere.duplicate_of, None);
}
