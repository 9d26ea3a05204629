//! Named calls: one effect, one answer.

use std::time::Duration;

use super::world::{Moment, World, cuts, kind, linked, named, titled};
use crate::error::{Error, Kind};
use crate::ids::WishlistId;
use crate::model::{IdempotencyKey, Item, ItemDraft};
use crate::operations::{Decision, ItemFilter, NamedCall, Neighbours};
use crate::table::{Query, keys, query_all};

fn key(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

impl World {
    async fn count(&self, list: WishlistId) -> usize {
        self.engine.list_items(&self.alice, list, ItemFilter::default(), None, 1000).await.unwrap().items.len()
    }
}

#[tokio::test]
async fn each_named_call_has_one_effect_and_one_answer() {
    let world = World::new().await;
    let (engine, alice) = (&world.engine, &world.alice);
    let list = engine.create_wishlist(alice, &named("A"), Some(&key("list"))).await.unwrap();
    assert_eq!(engine.create_wishlist(alice, &named("A"), Some(&key("list"))).await.unwrap(), list);
    let other = engine.create_wishlist(alice, &named("A"), None).await.unwrap().id;
    let list = list.id;
    let added = engine.add_item(alice, list, &linked("https://shop.example/a"), Some(&key("add"))).await.unwrap();
    let item = added.item.id;
    let received = engine.receive_item(alice, list, item, Some(&key("receive"))).await.unwrap();
    let restored = engine.restore_item(alice, list, item, Some(&key("restore"))).await.unwrap();
    let copy = engine.copy_item(alice, list, item, list, Some(&key("copy"))).await.unwrap();
    let first = Neighbours { after: None, before: Some(item) };
    let placed = engine.place_item(alice, list, copy.id, first, Some(&key("place"))).await.unwrap();
    let moved = engine.move_item(alice, list, item, other, Some(&key("move"))).await.unwrap();
    engine.remove_item(alice, other, item, None).await.unwrap();
    engine.remove_item(alice, list, copy.id, None).await.unwrap();
    // By now every one of them would be refused.
    let again = engine.add_item(alice, list, &linked("https://shop.example/a"), Some(&key("add"))).await.unwrap();
    assert_eq!(again, added);
    assert_eq!(engine.receive_item(alice, list, item, Some(&key("receive"))).await.unwrap(), received);
    assert_eq!(engine.restore_item(alice, list, item, Some(&key("restore"))).await.unwrap(), restored);
    assert_eq!(engine.copy_item(alice, list, item, list, Some(&key("copy"))).await.unwrap(), copy);
    assert_eq!(engine.place_item(alice, list, copy.id, first, Some(&key("place"))).await.unwrap(), placed);
    assert_eq!(engine.move_item(alice, list, item, other, Some(&key("move"))).await.unwrap(), moved);
    assert_eq!((world.count(list).await, world.count(other).await), (0, 0));
    assert_eq!(engine.list_wishlists(alice, None, None, 50).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_name_is_its_callers_for_one_call_and_a_day() {
    let world = World::new().await;
    let (engine, list) = (&world.engine, world.list().await.id);
    engine.add_item(&world.alice, list, &titled("a"), Some(&key("k"))).await.unwrap();
    let mismatch = Kind::IdempotencyMismatch;
    assert_eq!(kind(engine.add_item(&world.alice, list, &titled("b"), Some(&key("k"))).await), mismatch);
    assert_eq!(kind(engine.create_wishlist(&world.alice, &named("a"), Some(&key("k"))).await), mismatch);
    assert_eq!(kind(engine.add_items(&world.alice, list, &[titled("a")], Some(&key("k"))).await), mismatch);
    engine.create_wishlist(&world.bob, &named("a"), Some(&key("k"))).await.unwrap();
    assert_eq!(world.count(list).await, 1);
    world.clock.advance(Duration::from_hours(24));
    engine.add_item(&world.alice, list, &titled("b"), Some(&key("k"))).await.unwrap();
    assert_eq!(world.count(list).await, 2);
}

#[tokio::test]
async fn a_call_that_changed_nothing_changes_nothing_when_it_comes_again() {
    let world = World::new().await;
    let (engine, alice, list) = (&world.engine, &world.alice, world.list().await.id);
    let item = world.add_all(list, &["a"]).await[0];
    let restored = engine.restore_item(alice, list, item, Some(&key("k"))).await.unwrap();
    engine.receive_item(alice, list, item, None).await.unwrap();
    assert_eq!(engine.restore_item(alice, list, item, Some(&key("k"))).await.unwrap(), restored);
    assert_eq!(world.count(list).await, 0);
}

#[tokio::test]
async fn a_refused_call_may_be_made_again_under_its_name() {
    let world = World::new().await;
    let (engine, alice, list) = (&world.engine, &world.alice, world.list().await.id);
    assert_eq!(kind(engine.add_item(alice, list, &titled(" "), Some(&key("k"))).await), Kind::Invalid);
    engine.add_item(alice, list, &titled("a"), Some(&key("k"))).await.unwrap();
    let none = engine.ids().mint::<WishlistId>();
    assert_eq!(kind(engine.add_items(alice, none, &[titled("a")], Some(&key("b"))).await), Kind::NotFound);
    engine.add_items(alice, list, &[titled("a")], Some(&key("b"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_under_one_name_one_has_the_effect() {
    let world = World::new().await;
    let list = world.list().await.id;
    let calls = (0..16).map(|_| {
        let (engine, alice) = (world.engine.clone(), world.alice.clone());
        tokio::spawn(async move { engine.add_item(&alice, list, &titled("a"), Some(&key("k"))).await })
    });
    let answers: Vec<_> = futures_util::future::join_all(calls).await.into_iter().map(|call| call.unwrap()).collect();
    let first = answers[0].as_ref().unwrap();
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap() == first));
    assert_eq!(world.count(list).await, 1);
}

#[tokio::test]
async fn a_batch_that_was_cut_off_anywhere_goes_on_where_it_ended() {
    for moment in [Moment::Before, Moment::After] {
        for nth in cuts(0..4) {
            let world = World::new().await;
            let list = world.list().await.id;
            let mut drafts: Vec<_> = (0..99).map(|number| linked(&format!("https://shop.example/{number}"))).collect();
            drafts.insert(50, titled(" "));
            let cut = world.failing(nth, moment).add_items(&world.alice, list, &drafts, Some(&key("k"))).await;
            if nth > 1 {
                // The first chunk is in, so that each of the others says what became of it.
                assert!(cut.unwrap().iter().any(Result::is_ok));
            } else {
                assert_eq!(kind(cut), Kind::Unavailable);
            }
            world.clock.advance(Duration::from_secs(61));
            let results = world.engine.add_items(&world.alice, list, &drafts, Some(&key("k"))).await.unwrap();
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 99, "{moment:?} {nth}");
            assert_eq!(world.count(list).await, 99, "{moment:?} {nth}");
            world.check_list(list).await;
            let items: Vec<_> = results.iter().flatten().map(|added| added.item.clone()).collect();
            let listed = world.engine.list_items(&world.alice, list, ItemFilter::default(), None, 100).await.unwrap();
            assert_eq!(listed.items.iter().map(|item| Item::clone(item)).collect::<Vec<_>>(), items);
            let again = world.engine.add_items(&world.alice, list, &drafts, Some(&key("k"))).await.unwrap();
            assert_eq!(again.into_iter().flatten().map(|added| added.item).collect::<Vec<_>>(), items);
        }
    }
}

#[tokio::test]
async fn a_batch_under_way_is_not_begun_a_second_time() {
    let world = World::new().await;
    let list = world.list().await.id;
    let drafts: Vec<ItemDraft> = (0..100).map(|number| titled(&number.to_string())).collect();
    // The call ends with its process, behind its first commit: what it would have let go stays.
    let engine = world.failing(1, Moment::Never);
    let (alice, k) = (world.alice.clone(), key("k"));
    let call = tokio::spawn({
        let (alice, drafts, k) = (alice.clone(), drafts.clone(), k.clone());
        async move { engine.add_items(&alice, list, &drafts, Some(&k)).await }
    });
    while query_all(&*world.table, Query::prefix(keys::calls_of(&alice.user), "")).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert_eq!(kind(world.engine.add_items(&alice, list, &drafts, Some(&k)).await), Kind::InProgress);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(world.engine.add_items(&alice, list, &drafts, Some(&k)).await.unwrap().len(), 100);
    assert_eq!(world.count(list).await, 100);
}

#[tokio::test]
async fn what_a_deleted_person_was_answered_is_not_answered_again() {
    let world = World::new().await;
    let list = world.list().await.id;
    let drafts = [titled("a"), titled("b")];
    world.engine.add_item(&world.alice, list, &titled("a"), Some(&key("one"))).await.unwrap();
    world.engine.add_items(&world.alice, list, &drafts, Some(&key("many"))).await.unwrap();
    world.engine.delete_me(&world.alice).await.unwrap();
    let again = world.engine.add_item(&world.alice, list, &titled("a"), Some(&key("one"))).await;
    assert_eq!(kind(again), Kind::Unauthenticated);
    let again = world.engine.add_items(&world.alice, list, &drafts, Some(&key("many"))).await;
    assert_eq!(kind(again), Kind::Unauthenticated);
}

#[tokio::test]
async fn a_call_that_is_refused_for_its_own_effect_is_answered_as_the_first_time() {
    let world = World::new().await;
    let (engine, alice) = (&world.engine, &world.alice);
    let call = NamedCall::of(engine, alice, Some(&key("k")), "count", &()).unwrap();
    let answer = engine.decide_once(call.clone(), || async {
        // The same call is made, and acknowledged, after this one has looked for it.
        engine.decide_once(call.clone(), || async { Ok(Decision::Done(7)) }).await?;
        Err::<Decision<u32>, _>(Error::not_found("item"))
    });
    assert_eq!(answer.await.unwrap(), 7);
}
