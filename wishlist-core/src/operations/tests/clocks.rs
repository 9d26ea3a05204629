//! Clocks that are set: forward by years, and back.

use std::time::Duration;

use super::world::{Moment, World, kind, linked, named, titled};
use crate::clock::{Clock, Timestamp};
use crate::error::Kind;
use crate::model::{ItemDraft, User};
use crate::operations::{ItemFilter, Neighbours};
use crate::table::{Query, keys, query_all};

const YEAR: Duration = Duration::from_hours(365 * 24);

impl World {
    fn set_back(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap();
        self.clock.set(Timestamp::from_millis(self.clock.now().as_millis() - by));
    }
}

#[tokio::test]
async fn what_is_added_after_the_clock_went_back_stands_behind_what_was_there() {
    let world = World::new().await;
    let list = world.list().await.id;
    world.add_all(list, &["a"]).await;
    world.set_back(YEAR);
    let ids = world.add_all(list, &["b", "c"]).await;
    world.clock.advance(YEAR * 3);
    let from_later = world.add_all(list, &["d"]).await[0];
    world.set_back(YEAR * 2);
    let drafts: Vec<_> = ["e", "f"].map(titled).to_vec();
    world.engine.add_items(&world.alice, list, &drafts, None).await.unwrap();
    let behind = Neighbours { after: Some(from_later), before: None };
    world.engine.place_item(&world.alice, list, ids[0], behind, None).await.unwrap();
    world.engine.copy_item(&world.alice, list, ids[1], list, None).await.unwrap();
    assert_eq!(world.titles(list, ItemFilter::default()).await, ["a", "c", "d", "b", "e", "f", "c"]);
    world.check_list(list).await;
}

#[tokio::test]
async fn what_is_added_behind_an_item_that_was_placed_last_stands_behind_it() {
    let world = World::new().await;
    let list = world.list().await.id;
    let ids = world.add_all(list, &["a", "b"]).await;
    let last = Neighbours { after: Some(ids[1]), before: None };
    world.engine.place_item(&world.alice, list, ids[0], last, None).await.unwrap();
    world.add_all(list, &["c"]).await;
    world.clock.advance(YEAR);
    world.add_all(list, &["d"]).await;
    assert_eq!(world.titles(list, ItemFilter::default()).await, ["b", "a", "c", "d"]);
}

#[tokio::test]
async fn a_named_call_has_one_effect_whichever_way_the_clock_goes() {
    let world = World::new().await;
    let (engine, list, name) = (&world.engine, world.list().await.id, "k".parse().unwrap());
    let first = engine.add_item(&world.alice, list, &titled("a"), Some(&name)).await.unwrap();
    world.set_back(YEAR);
    assert_eq!(engine.add_item(&world.alice, list, &titled("a"), Some(&name)).await.unwrap(), first);
    world.clock.advance(YEAR + Duration::from_hours(23));
    assert_eq!(engine.add_item(&world.alice, list, &titled("a"), Some(&name)).await.unwrap(), first);
    world.clock.advance(Duration::from_hours(1));
    let next_day = engine.add_item(&world.alice, list, &titled("a"), Some(&name)).await.unwrap();
    assert_ne!(next_day, first);
    assert_eq!(world.titles(list, ItemFilter::default()).await, ["a", "a"]);
}

/// A lease ends at a time of day: set back, the clock would be a year from it.
#[tokio::test]
async fn a_batch_that_was_cut_off_goes_on_after_the_clock_went_back() {
    let world = World::new().await;
    let list = world.list().await.id;
    let drafts: Vec<ItemDraft> = (0..100).map(|number| titled(&number.to_string())).collect();
    let (engine, alice, name) = (world.failing(1, Moment::Never), world.alice.clone(), "k".parse().unwrap());
    let call = tokio::spawn({
        let (drafts, name) = (drafts.clone(), "k".parse().unwrap());
        async move { engine.add_items(&alice, list, &drafts, Some(&name)).await }
    });
    let calls = || query_all(&*world.table, Query::prefix(keys::calls_of(&world.alice.user), ""));
    while calls().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    world.set_back(YEAR);
    assert_eq!(world.engine.add_items(&world.alice, list, &drafts, Some(&name)).await.unwrap().len(), 100);
    assert_eq!(world.titles(list, ItemFilter::default()).await.len(), 100);
    world.check_list(list).await;
}

#[tokio::test]
async fn a_clock_that_went_back_makes_nobody_wait_longer_than_an_hour_for_visits() {
    let world = World::new().await;
    let engine = world.engine.clone().with_visits_per_hour(1);
    let list = world.list().await.id;
    let mut number = 0;
    let mut ask = async || {
        number += 1;
        engine.add_item(&world.alice, list, &linked(&format!("https://shop.example/{number}")), None).await
    };
    ask().await.unwrap();
    let jumps: [fn(&World); 2] = [|world| world.set_back(YEAR), |world| world.clock.advance(YEAR * 2)];
    for jump in jumps {
        jump(&world);
        ask().await.unwrap();
        let refused = ask().await.unwrap_err();
        assert_eq!(refused.kind(), Kind::RateLimited);
        assert!(refused.retry_after().unwrap() <= Duration::from_hours(1), "{refused}");
    }
}

#[tokio::test]
async fn who_was_deleted_stays_so_whichever_way_the_clock_goes() {
    let world = World::new().await;
    world.engine.register(&world.alice.user, "alice@example.com", None).await.unwrap();
    world.list().await;
    world.sent();
    world.engine.delete_me(&world.alice).await.unwrap();
    world.set_back(YEAR);
    let refused = world.engine.create_wishlist(&world.alice, &named("x"), None).await;
    assert_eq!(kind(refused), Kind::Unauthenticated);
    world.finish_job().await;
    world.clock.advance(YEAR + User::MARK_KEPT.checked_sub(Duration::from_millis(1)).unwrap());
    assert_eq!(kind(world.engine.find_me(&world.alice).await), Kind::Unauthenticated);
}
