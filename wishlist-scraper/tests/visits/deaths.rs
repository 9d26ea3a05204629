//! A process that dies at any call to the table, before its effect or before its answer, is made up for.

use std::time::Duration;

use wishlist_core::model::{ItemDraft, ItemStatus, Viewer, WishlistDraft};
use wishlist_core::operations::JobProgress;
use wishlist_core::table::{Query, keys, query_all};
use wishlist_scraper::sweep;

use crate::world::{Death, KETTLE, World, amount, digest, kettle, kettle_at};

/// Does the work of `world` until the process dies or there is no more. Answers whether it died.
async fn work_until_death(world: &World, calls: usize, death: Death) -> bool {
    world.table.die_after(calls, death);
    let died = tokio::select! {
        () = world.work() => false,
        permit = world.table.died.acquire() => { permit.unwrap().forget(); true }
    };
    world.table.live_again();
    died
}

async fn jobs_left(world: &World) -> usize {
    let until = wishlist_core::clock::Timestamp::from_millis(i64::MAX / 10_000);
    let mut left = 0;
    for shard in 0..keys::DUE_SHARDS {
        let due = query_all(&*world.table, Query::due(shard, until)).await.unwrap();
        left += due.iter().filter(|record| record.key.pk.starts_with("JOB#")).count();
    }
    left
}

#[tokio::test]
async fn a_refresh_that_dies_anywhere_is_finished() {
    for death in [Death::Before, Death::After] {
        let mut calls = 0;
        loop {
            let world = World::new([kettle()]).await;
            let items = world.add_filled(world.list, 3).await;
            world.pages.outcomes.lock().unwrap().extend([kettle_at("17.99"), kettle_at("17.99")]);
            world.until_page_is_due().await;
            let died = work_until_death(&world, calls, death).await;
            world.messages();
            world.an_hour().await;
            for item in items {
                let item = world.item(item).await;
                let told = (item.status, amount(&item), item.version);
                assert_eq!(told, (ItemStatus::Ready, Some("17.99".to_owned()), 3), "{death:?} {calls}");
                assert_eq!(item.prices.ranges.last().unwrap().lowest.price.amount(), "17.99");
            }
            let prices: Vec<_> = world.history().await.into_iter().filter_map(|(amount, _)| amount).collect();
            assert_eq!(prices, ["19.99", "17.99"], "{death:?} {calls}");
            assert_eq!((jobs_left(&world).await, world.page().await.lease), (0, None), "{death:?} {calls}");
            assert!(world.visits() <= 3, "{death:?} {calls}");
            calls += 1;
            if !died {
                break;
            }
        }
        assert!(calls > 10, "only {calls} calls were made");
    }
}

#[tokio::test]
async fn an_items_visit_that_dies_anywhere_tells_the_others() {
    for death in [Death::Before, Death::After] {
        let mut calls = 0;
        loop {
            let world = World::new([kettle()]).await;
            let items = world.add_filled(world.list, 2).await;
            world.clock.advance(Duration::from_hours(1));
            world.pages.outcomes.lock().unwrap().extend([kettle_at("17.99"), kettle_at("17.99")]);
            world.engine.refresh_item(&world.alice, world.list, items[0], None).await.unwrap();
            let died = work_until_death(&world, calls, death).await;
            world.messages();
            world.an_hour().await;
            for item in items {
                let item = world.item(item).await;
                assert_eq!(
                    (item.status, amount(&item)),
                    (ItemStatus::Ready, Some("17.99".to_owned())),
                    "{death:?} {calls}"
                );
            }
            assert_eq!(world.history().await.len(), 2, "{death:?} {calls}");
            assert_eq!(jobs_left(&world).await, 0, "{death:?} {calls}");
            calls += 1;
            if !died {
                break;
            }
        }
        assert!(calls > 10, "only {calls} calls were made");
    }
}

#[tokio::test]
async fn a_removal_that_dies_anywhere_is_finished_or_gives_way_to_a_new_item() {
    for (death, comes_back) in
        [(Death::Before, false), (Death::After, false), (Death::Before, true), (Death::After, true)]
    {
        let mut calls = 0;
        loop {
            let world = World::new([kettle()]).await;
            let item = world.add_filled(world.list, 1).await[0];
            world.engine.remove_item(&world.alice, world.list, item, None).await.unwrap();
            world.until_page_is_due().await;
            world.work().await;
            world.until_page_is_due().await;
            let died = work_until_death(&world, calls, death).await;
            world.messages();
            if comes_back {
                let again = world.add(KETTLE).await;
                world.pages.outcomes.lock().unwrap().push_back(kettle());
                world.an_hour().await;
                let item = world.item(again).await;
                assert_eq!(amount(&item).as_deref(), Some("19.99"), "{death:?} {calls}");
                let summary = item.prices.summary(item.created_at);
                assert_eq!(summary.first.unwrap().price.amount(), "19.99", "{death:?} {calls}");
                let watched = world.page().await.refresh.unwrap();
                assert_eq!(watched.unwatched_since, None, "{death:?} {calls}");
            } else {
                world.an_hour().await;
                assert!(world.left_of_page().await.is_empty(), "{death:?} {calls}");
            }
            assert_eq!(sweep(&world.engine).await.unwrap(), 0);
            calls += 1;
            if !died {
                break;
            }
        }
        assert!(calls > 5, "only {calls} calls were made");
    }
}

#[tokio::test]
async fn an_item_that_comes_while_its_page_is_removed_ends_with_a_page() {
    // The visit of the new item happens between two calls of the removal, at each place once.
    let mut calls = 0;
    loop {
        let world = World::new([kettle()]).await;
        let item = world.add_filled(world.list, 1).await[0];
        world.engine.remove_item(&world.alice, world.list, item, None).await.unwrap();
        world.until_page_is_due().await;
        world.work().await;
        world.until_page_is_due().await;
        world.messages();
        world.pages.outcomes.lock().unwrap().push_back(kettle());
        let gate = world.table.stop_at(calls);
        let other = async {
            if !gate.reached().await {
                return false;
            }
            let again = world.add(KETTLE).await;
            world.visit(again).await;
            gate.open();
            true
        };
        let removal = async {
            let visited = world.refresh().await;
            gate.pass_by();
            visited
        };
        let (_, stopped) = tokio::join!(removal, other);
        if !stopped {
            break;
        }
        world.an_hour().await;
        let page = world.page().await;
        assert_eq!(page.product.price.unwrap().amount(), "19.99", "at {calls}");
        assert_eq!(page.refresh.unwrap().unwatched_since, None, "at {calls}");
        let newest = world.history().await.into_iter().next_back();
        assert_eq!(newest.unwrap().0.as_deref(), Some("19.99"), "at {calls}");
        calls += 1;
    }
    assert!(calls > 5, "only {calls} places");
}

/// A world in which the kettle has a price history of two.
async fn with_history() -> World {
    let world = World::new([kettle()]).await;
    world.add_filled(world.list, 2).await;
    world.pages.outcomes.lock().unwrap().push_back(kettle_at("17.99"));
    world.until_page_is_due().await;
    world.work().await;
    assert_eq!(world.history().await.len(), 2);
    world.clock.advance(Duration::from_secs(1));
    world
}

#[tokio::test]
async fn an_erasure_that_dies_anywhere_leaves_no_page_and_no_price() {
    for death in [Death::Before, Death::After] {
        let mut calls = 0;
        loop {
            let world = with_history().await;
            world.engine.delete_me(&world.alice).await.unwrap();
            let died = work_until_death(&world, calls, death).await;
            let left = world.left_of_page().await;
            let has = |record: &str| left.iter().any(|sk| sk.starts_with(record));
            assert!(has("PAGE") || !has("PRICE"), "{death:?} {calls}: {left:?}");
            world.messages();
            world.an_hour().await;
            assert!(world.left_of_page().await.is_empty(), "{death:?} {calls}");
            assert_eq!((jobs_left(&world).await, sweep(&world.engine).await.unwrap()), (0, 0), "{death:?} {calls}");
            calls += 1;
            if !died {
                break;
            }
        }
        assert!(calls > 15, "only {calls} calls were made");
    }
}

#[tokio::test]
async fn who_adds_a_link_while_another_is_erased_keeps_its_page() {
    // Bob's item comes between two calls of the erasure and is visited at once or later, at each place once.
    let bob = Viewer { user: "bob".parse().unwrap() };
    let draft = ItemDraft { url: Some(KETTLE.to_owned()), ..ItemDraft::default() };
    for visited_at_once in [true, false] {
        let mut calls = 0;
        loop {
            let world = with_history().await;
            let of_bob = WishlistDraft { name: "Bob's".to_owned(), ..WishlistDraft::default() };
            let of_bob = world.engine.create_wishlist(&bob, &of_bob, None).await.unwrap().id;
            world.engine.delete_me(&world.alice).await.unwrap();
            let job = world.job();
            world.pages.outcomes.lock().unwrap().extend([kettle_at("17.99"), kettle_at("17.99")]);
            let gate = world.table.stop_at(calls);
            let other = async {
                if !gate.reached().await {
                    return None;
                }
                let item = world.engine.add_item(&bob, of_bob, &draft, None).await.unwrap().item.id;
                if visited_at_once {
                    world.visitor.visit(of_bob, item).await.unwrap();
                }
                gate.open();
                Some(item)
            };
            let erasure = async {
                while world.engine.run_job(job, 100).await.unwrap() == JobProgress::More {}
                gate.pass_by();
            };
            let ((), item) = tokio::join!(erasure, other);
            let Some(item) = item else { break };
            world.an_hour().await;
            let item = world.engine.find_item(&bob, of_bob, item).await.unwrap();
            assert_eq!((item.status, amount(&item).as_deref()), (ItemStatus::Ready, Some("17.99")), "at {calls}");
            let page = world.page().await;
            let refresh = page.refresh.unwrap();
            assert_eq!((page.product.price.unwrap().amount(), refresh.unwatched_since), ("17.99".to_owned(), None));
            let visits = world.visits();
            world.pages.outcomes.lock().unwrap().push_back(kettle_at("17.99"));
            world.clock.advance(Duration::from_hours(24));
            world.an_hour().await;
            assert!(world.visits() > visits, "at {calls}: it is not visited again");
            calls += 1;
        }
        assert!(calls > 15, "only {calls} places");
    }
}

#[tokio::test]
async fn the_last_two_lists_with_a_page_may_go_at_once() {
    // The one list's job runs between two calls of the other's, at each place once.
    let mut calls = 0;
    loop {
        let world = World::new([kettle()]).await;
        let other_list = world.another_list().await;
        world.add_filled(world.list, 1).await;
        world.add_filled(other_list, 1).await;
        world.engine.delete_wishlist(&world.alice, world.list, None).await.unwrap();
        let one = world.job();
        world.engine.delete_wishlist(&world.alice, other_list, None).await.unwrap();
        let two = world.job();
        let gate = world.table.stop_at(calls);
        let second = async {
            let reached = gate.reached().await;
            if reached {
                world.engine.run_job(two, 100).await.unwrap();
                gate.open();
            }
            reached
        };
        let first = async {
            world.engine.run_job(one, 100).await.unwrap();
            gate.pass_by();
        };
        let ((), reached) = tokio::join!(first, second);
        if !reached {
            break;
        }
        let page = world.engine.find_page(&digest()).await.unwrap().unwrap().value;
        assert!(page.refresh.unwrap().unwatched_since.is_some(), "at {calls}");
        calls += 1;
    }
    assert!(calls > 5, "only {calls} places");
}
