//! Visits that items ask for.

use std::ops::Range;
use std::time::Duration;

use wishlist_core::clock::{Clock, Timestamp};
use wishlist_core::ids::JobId;
use wishlist_core::model::{FailureCode, ItemDraft, ItemStatus};
use wishlist_core::queue::Message;
use wishlist_core::table::{Body, Change, Condition, Query, Record, Revision, keys, query_all};
use wishlist_scraper::{Loopback, Outcome, Politeness, Visited, Visitor, resume, sweep};

use crate::world::{KETTLE, World, amount, down, kettle, kettle_at, product};

#[tokio::test]
async fn a_visited_item_is_ready_with_what_the_page_says() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    assert_eq!(world.visit(item).await, Visited::Ready);
    let ready = world.item(item).await;
    assert_eq!((ready.status, ready.page, ready.visit, ready.version), (ItemStatus::Ready, product(), None, 2));
    assert_eq!(ready.checked_at, Some(world.clock.now()));
    assert_eq!(world.visit(item).await, Visited::Nothing);
}

#[tokio::test]
async fn a_page_that_sells_nothing_fails_with_the_reason() {
    let world = World::new([Outcome::Failed(FailureCode::Gone, Box::default())]).await;
    let item = world.add(KETTLE).await;
    assert_eq!(world.visit(item).await, Visited::Failed(FailureCode::Gone));
    let failed = world.item(item).await;
    assert_eq!((failed.status, failed.failure, failed.visit), (ItemStatus::Failed, Some(FailureCode::Gone), None));
}

#[tokio::test]
async fn one_visit_serves_every_item_with_the_url_for_a_quarter_of_an_hour() {
    let world = World::new([kettle(), kettle()]).await;
    let first = world.add(KETTLE).await;
    world.visit(first).await;
    world.clock.advance(Duration::from_mins(14));
    let second = world.add(KETTLE).await;
    assert_eq!((world.visit(second).await, world.visits()), (Visited::Ready, 1));
    assert_eq!(world.item(second).await.checked_at, world.item(first).await.checked_at);
    world.clock.advance(Duration::from_mins(1));
    let third = world.add(KETTLE).await;
    assert_eq!((world.visit(third).await, world.visits()), (Visited::Ready, 2));
}

#[tokio::test]
async fn two_items_of_one_page_are_one_visit() {
    let world = World::new([]).await;
    let (first, second) = (world.add(KETTLE).await, world.add(KETTLE).await);
    let go_on = async {
        world.pages.arrived().await;
        assert_eq!(world.visit(first).await, Visited::Nothing);
        assert_eq!(world.visit(second).await, Visited::Waiting);
        assert_eq!(world.last_delay(), Duration::from_secs(3));
        world.pages.go_on();
    };
    let (visited, ()) = tokio::join!(world.visit(first), go_on);
    assert_eq!((visited, world.visit(second).await, world.visits()), (Visited::Ready, Visited::Ready, 1));
}

#[tokio::test]
async fn a_late_result_overwrites_neither_a_newer_url_nor_what_was_typed() {
    let world = World::new([]).await;
    let (moved, typed) = (world.add(KETTLE).await, world.add("https://shop.example/pot").await);
    let edit = |url: &str, title: &str| ItemDraft {
        url: Some(url.to_owned()),
        title: Some(title.to_owned()),
        ..ItemDraft::default()
    };
    for (item, draft, expected) in [
        (moved, edit("https://shop.example/other", "Other"), Visited::Superseded),
        (typed, edit("https://shop.example/pot", "My pot"), Visited::Ready),
    ] {
        let change = async {
            world.pages.arrived().await;
            world.engine.update_item(&world.alice, world.list, item, &draft, None).await.unwrap();
            world.pages.go_on();
        };
        let (visited, ()) = tokio::join!(world.visit(item), change);
        assert_eq!(visited, expected);
    }
    let moved = world.item(moved).await;
    assert_eq!((moved.status, moved.title(), moved.price()), (ItemStatus::Pending, Some("Other"), None));
    // The page that it no longer links to was visited all the same, and is free.
    let page = world.page().await;
    assert_eq!((page.visited_at.is_some(), page.lease), (true, None));
    let typed = world.item(typed).await;
    assert_eq!((typed.status, typed.title(), typed.price()), (ItemStatus::Ready, Some("My pot"), product().price));
}

#[tokio::test]
async fn a_removed_item_stays_removed() {
    let world = World::new([]).await;
    let item = world.add(KETTLE).await;
    let remove = async {
        world.pages.arrived().await;
        world.engine.remove_item(&world.alice, world.list, item, None).await.unwrap();
        world.pages.go_on();
    };
    let (visited, ()) = tokio::join!(world.visit(item), remove);
    assert_eq!((visited, world.visit(item).await), (Visited::Superseded, Visited::Nothing));
    assert!(
        world
            .engine
            .list_items(&world.alice, world.list, wishlist_core::operations::ItemFilter::default(), None, 50)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn a_page_that_is_down_is_tried_five_times() {
    let world = World::new([down(), down(), down(), down(), down()]).await;
    let item = world.add(KETTLE).await;
    for tries in 1..5 {
        assert_eq!(world.visit(item).await, Visited::Again(FailureCode::Unreachable));
        let pending = world.item(item).await;
        assert_eq!((pending.status, pending.visit.unwrap().tries, pending.version), (ItemStatus::Pending, tries, 1));
        let pause = world.last_delay();
        assert!(pause <= Duration::from_secs(30) * 2u32.pow(tries - 1), "{pause:?} after {tries}");
        if pause > Duration::ZERO {
            assert_eq!(world.visit(item).await, Visited::Nothing, "too early");
        }
        world.clock.advance(pause);
    }
    assert_eq!(world.visit(item).await, Visited::Failed(FailureCode::Unreachable));
    assert_eq!(world.item(item).await.status, ItemStatus::Failed);
}

#[tokio::test]
async fn the_time_that_a_host_names_is_honoured_up_to_an_hour() {
    let hours = Outcome::Retry(FailureCode::Unreachable, Some(Duration::from_hours(5)));
    let minutes = Outcome::Retry(FailureCode::Unreachable, Some(Duration::from_mins(5)));
    let world = World::new([minutes, hours]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    let pause = world.last_delay();
    assert!((Duration::from_mins(5)..=Duration::from_secs(330)).contains(&pause), "{pause:?}");
    world.clock.advance(pause);
    world.visit(item).await;
    let pause = world.last_delay();
    assert!((Duration::from_hours(1)..=Duration::from_mins(61)).contains(&pause), "{pause:?}");
}

#[tokio::test]
async fn a_page_that_asked_to_be_left_alone_is_left_alone_by_every_item() {
    let minutes = Outcome::Retry(FailureCode::Unreachable, Some(Duration::from_mins(5)));
    let world = World::new([minutes, down(), down(), down(), down()]).await;
    let (first, second) = (world.add(KETTLE).await, world.add(KETTLE).await);
    world.visit(first).await;
    let pause = world.last_delay();
    assert_eq!((world.visit(second).await, world.visits()), (Visited::Waiting, 1));
    assert!(pause.abs_diff(world.last_delay()) < Duration::from_millis(1), "asked again when the page may be");
    assert_eq!(world.item(second).await.visit.unwrap().tries, 0);
    world.clock.advance(pause);
    for _ in 2..5 {
        assert_eq!(world.visit(second).await, Visited::Again(FailureCode::Unreachable));
        world.clock.advance(world.last_delay());
    }
    // The tries are the page's: five in all, whichever item asks.
    assert_eq!(world.visit(first).await, Visited::Failed(FailureCode::Unreachable));
    assert_eq!((world.visit(second).await, world.visits()), (Visited::Failed(FailureCode::Unreachable), 5));
}

#[tokio::test]
async fn a_list_deleted_while_its_item_is_visited_stays_deleted() {
    let world = World::new([]).await;
    let item = world.add(KETTLE).await;
    let delete = async {
        world.pages.arrived().await;
        world.engine.delete_wishlist(&world.alice, world.list, None).await.unwrap();
        let sent = world.outbox.0.lock().unwrap().clone();
        let job = sent.iter().find_map(|(message, _)| match message {
            Message::Job { job_id } => Some(*job_id),
            Message::Visit { .. } | Message::Page { .. } => None,
        });
        world.engine.run_job(job.unwrap(), 10).await.unwrap();
        world.pages.go_on();
    };
    let (visited, ()) = tokio::join!(world.visit(item), delete);
    assert_eq!((visited, world.visit(item).await), (Visited::Superseded, Visited::Nothing));
    let left = Query::prefix(keys::wishlist(world.list).pk, "");
    assert!(query_all(world.engine.table(), left).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_start_takes_up_what_a_dead_queue_held() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.clock.advance(Duration::from_secs(16));
    sweep(&world.engine).await.unwrap();
    world.outbox.0.lock().unwrap().clear();
    resume(&world.engine).await.unwrap();
    assert_eq!(world.outbox.0.lock().unwrap().len(), 1);
    let due = world.item(item).await.visit.unwrap().due;
    assert_eq!(due, world.clock.now() + Duration::from_mins(6), "a start changes nothing");
    assert_eq!(world.visit(item).await, Visited::Ready);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_stands_in_nobodys_way() {
    let world = World::new([]).await;
    for number in 0..40 {
        world.add(&format!("https://shop.example/{number}")).await;
    }
    let id = world.engine.ids().mint::<JobId>();
    let revision = Revision { number: 1, write: world.engine.ids().mint() };
    let strange = Record {
        key: keys::job(id),
        revision,
        expires_at: None,
        due: Some(keys::due(Timestamp::from_millis(0), &id.to_string())),
        body: Body::from_json("{\"Work\":\"of a newer version\"}".to_owned()),
    };
    world.engine.table().commit(vec![Change::Put(strange, Condition::Absent)]).await.unwrap();
    world.clock.advance(Duration::from_secs(16));
    assert_eq!(sweep(&world.engine).await.unwrap(), 40);
}

#[tokio::test]
async fn a_lost_message_is_sent_again_by_the_sweeper() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.outbox.0.lock().unwrap().clear();
    assert_eq!(sweep(&world.engine).await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(16));
    assert_eq!(sweep(&world.engine).await.unwrap(), 1);
    assert_eq!(sweep(&world.engine).await.unwrap(), 0, "a backlog is not multiplied");
    let sent = world.outbox.0.lock().unwrap().clone();
    let url = KETTLE.parse().unwrap();
    assert_eq!(sent, [(Message::Visit { wishlist_id: world.list, item_id: item, url }, Duration::ZERO)]);
    assert_eq!((world.visit(item).await, world.item(item).await.version), (Visited::Ready, 2));
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(sweep(&world.engine).await.unwrap(), 0);
}

#[tokio::test]
async fn a_worker_that_died_is_made_up_for() {
    let world = World::new([]).await;
    let item = world.add(KETTLE).await;
    {
        let dying = world.visitor.visit(world.list, item);
        tokio::select! { _ = dying => unreachable!("the page does not answer"), () = world.pages.arrived() => {} }
    }
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    world.clock.advance(Duration::from_secs(89));
    assert_eq!((sweep(&world.engine).await.unwrap(), world.visit(item).await), (0, Visited::Nothing));
    world.clock.advance(Duration::from_secs(2));
    assert_eq!((sweep(&world.engine).await.unwrap(), world.visit(item).await), (1, Visited::Ready));
}

#[tokio::test]
async fn a_visit_that_outlived_its_leases_leaves_the_item_to_the_next() {
    let world = World::new([]).await;
    let item = world.add(KETTLE).await;
    let late = async {
        let visited = world.visit(item).await;
        let during = world.item(item).await;
        assert!(during.visit.unwrap().lease.is_some(), "the lease is of the other visit");
        world.pages.go_on();
        visited
    };
    let next = async {
        world.pages.arrived().await;
        world.clock.advance(Duration::from_secs(91));
        let go_on = async {
            world.pages.arrived().await;
            world.pages.go_on();
        };
        tokio::join!(world.visit(item), go_on).0
    };
    assert_eq!(tokio::join!(late, next), (Visited::Superseded, Visited::Ready));
    assert_eq!((world.item(item).await.visit, world.page().await.lease), (None, None));
}

#[tokio::test]
async fn a_visit_that_lost_its_page_tells_nothing_older_than_what_was_found_meanwhile() {
    let world = World::new([]).await;
    let (first, second) = (world.add(KETTLE).await, world.add(KETTLE).await);
    let meanwhile = async {
        world.pages.arrived().await;
        world.clock.advance(Duration::from_secs(91));
        world.pages.outcomes.lock().unwrap().push_back(kettle_at("17.99"));
        assert_eq!(world.visit(second).await, Visited::Ready);
        world.pages.go_on();
    };
    let (visited, ()) = tokio::join!(world.visit(first), meanwhile);
    assert_eq!((visited, world.item(first).await.price()), (Visited::Waiting, None));
    world.clock.advance(world.last_delay());
    assert_eq!((world.visit(first).await, world.visits()), (Visited::Ready, 2));
    for item in [first, second] {
        assert_eq!(amount(&world.item(item).await).as_deref(), Some("17.99"));
    }
}

#[tokio::test]
async fn a_dead_job_is_taken_up_again() {
    let world = World::new([]).await;
    world.add(KETTLE).await;
    world.engine.delete_wishlist(&world.alice, world.list, None).await.unwrap();
    world.outbox.0.lock().unwrap().clear();
    world.clock.advance(Duration::from_secs(16));
    // The deleted list's item is still there and due as well: its message finds nothing to do once the job is done.
    assert_eq!(sweep(&world.engine).await.unwrap(), 2);
    let sent = world.outbox.0.lock().unwrap().clone();
    assert!(sent.iter().any(|(message, _)| matches!(message, Message::Job { .. })), "{sent:?}");
}

#[tokio::test]
async fn a_host_is_visited_twice_at_once_and_waiting_is_no_try() {
    let world = World::new([]).await;
    let mut items = Vec::new();
    for number in 0..3 {
        items.push(world.add(&format!("https://shop.example/{number}")).await);
    }
    let third = async {
        world.pages.arrived().await;
        world.pages.arrived().await;
        let since = world.item(items[2]).await.visit.unwrap().since;
        assert_eq!(world.visit(items[2]).await, Visited::Waiting);
        let (visit, pause) = (world.item(items[2]).await.visit.unwrap(), world.last_delay());
        assert_eq!((visit.tries, visit.lease, visit.since), (0, None, since + pause));
        world.pages.go_on();
        world.pages.go_on();
        pause
    };
    let (first, second, pause) = tokio::join!(world.visit(items[0]), world.visit(items[1]), third);
    assert_eq!((first, second), (Visited::Ready, Visited::Ready));
    world.clock.advance(pause);
    world.pages.go_on();
    assert_eq!(world.visit(items[2]).await, Visited::Ready);
}

#[tokio::test]
async fn a_lane_that_lapsed_is_not_left_in_the_name_of_its_next_visit() {
    let world = World::new([]).await;
    let mut items = Vec::new();
    for number in 0..4 {
        items.push(world.add(&format!("https://shop.example/{number}")).await);
    }
    let late = async {
        let visited = world.visit(items[0]).await;
        assert_eq!(world.visit(items[3]).await, Visited::Waiting, "two are under way");
        world.pages.go_on();
        world.pages.go_on();
        visited
    };
    let next = async {
        world.pages.arrived().await;
        world.clock.advance(Duration::from_secs(91));
        let go_on = async {
            world.pages.arrived().await;
            world.pages.arrived().await;
            world.pages.go_on();
        };
        tokio::join!(world.visit(items[1]), world.visit(items[2]), go_on)
    };
    let ready = Visited::Ready;
    assert_eq!(tokio::join!(late, next), (ready, (ready, ready, ())));
}

/// How many pages of a site were visited, each asked for once.
async fn let_in(world: &World, visitor: &Visitor, site: &str, numbers: Range<u32>) -> usize {
    let mut visited = 0;
    for number in numbers {
        let item = world.add(&format!("{site}/{number}")).await;
        visited += usize::from(visitor.visit(world.list, item).await.unwrap() == Visited::Ready);
    }
    visited
}

#[tokio::test]
async fn what_refills_is_not_lost_to_a_full_lane() {
    let world = World::new((0..40).map(|_| kettle())).await;
    assert_eq!(let_in(&world, &world.visitor, "https://shop.example", 0..10).await, 10);
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(let_in(&world, &world.visitor, "https://shop.example", 10..40).await, 20, "the ten are there again");
}

#[tokio::test]
async fn a_bucket_of_twenty_refills_one_a_second() {
    let world = World::new((0..30).map(|_| kettle())).await;
    assert_eq!(let_in(&world, &world.visitor, "https://shop.example", 0..30).await, 20);
    world.clock.advance(Duration::from_secs(4));
    assert_eq!(let_in(&world, &world.visitor, "https://shop.example", 30..40).await, 4);
    assert_eq!(
        world.visit(world.add("https://other.example/").await).await,
        Visited::Ready,
        "another host has its own"
    );
}

#[tokio::test]
async fn only_ones_own_pages_are_visited_without_lanes_and_only_where_that_is_wanted() {
    for (loopback, host, expected) in [
        (Loopback::Polite, "127.0.0.1:8080", 20),
        (Loopback::Free, "127.0.0.1:8080", 25),
        (Loopback::Free, "[::1]:8080", 25),
        (Loopback::Free, "localhost:8080", 25),
        (Loopback::Free, "192.168.0.1", 20),
        (Loopback::Free, "shop.example", 20),
    ] {
        let world = World::new((0..25).map(|_| kettle())).await;
        let politeness = Politeness { loopback, ..Politeness::default() };
        let visitor = Visitor::new(world.engine.clone(), world.pages.clone(), politeness);
        let visited = let_in(&world, &visitor, &format!("http://{host}"), 0..25).await;
        assert_eq!(visited, expected, "{host}, {loopback:?}");
    }
}

#[tokio::test]
async fn a_first_fill_ends_within_six_hours() {
    let world = World::new([]).await;
    let item = world.add(KETTLE).await;
    world.clock.advance(Duration::from_hours(6));
    assert_eq!(world.visit(item).await, Visited::Failed(FailureCode::Unreachable));
    assert_eq!(world.visits(), 0);
}
