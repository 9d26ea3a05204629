//! Pages that are visited again by themselves, or because somebody asks.

use std::time::Duration;

use wishlist_core::Kind;
use wishlist_core::clock::Clock;
use wishlist_core::model::{FailureCode, ItemDraft, ItemStatus, Viewer, VisitedPage};
use wishlist_core::queue::Message;
use wishlist_core::table::keys::{self, DUE_SHARDS};
use wishlist_core::table::{Body, Change, Condition, Query, Record, Revision};
use wishlist_scraper::{Outcome, Politeness, Visited, Visitor, resume, sweep};

use crate::world::{KETTLE, World, amount, digest, down, gone, kettle, kettle_at};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_watched_page_is_visited_again_after_a_day() {
    let world = World::new([kettle(), kettle_at("17.99")]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.messages();
    assert_eq!((world.refresh().await, world.visits()), (Visited::Nothing, 1), "a message too early is nothing");
    world.clock.advance(DAY * 79 / 100);
    assert_eq!(sweep(&world.engine).await.unwrap(), 0);
    world.clock.advance(DAY / 4);
    assert_eq!(sweep(&world.engine).await.unwrap(), 1);
    assert_eq!(world.messages(), [Message::Page { page_digest: digest() }]);
    assert_eq!(sweep(&world.engine).await.unwrap(), 0, "a backlog is not multiplied");
    assert_eq!((world.refresh().await, world.visits()), (Visited::Ready, 2));
    world.work().await;
    let told = world.item(item).await;
    assert_eq!((amount(&told).unwrap().as_str(), told.version), ("17.99", 3));
    assert_eq!(told.checked_at, Some(world.clock.now()));
}

#[tokio::test]
async fn what_a_refresh_finds_unchanged_changes_no_item() {
    let world = World::new([kettle(), kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    let before = world.item(item).await;
    world.messages();
    world.until_page_is_due().await;
    assert_eq!((world.refresh().await, world.visits()), (Visited::Ready, 2));
    assert_eq!((world.messages().len(), world.item(item).await), (1, before), "the sweeper's message alone");
}

#[tokio::test]
async fn pages_added_together_do_not_come_back_together() {
    let world = World::new((0..20).map(|_| kettle())).await;
    for number in 0..20 {
        let item = world.add(&format!("https://shop.example/{number}")).await;
        world.visit(item).await;
    }
    let mut due = Vec::new();
    for shard in 0..DUE_SHARDS {
        let until = world.clock.now() + DAY * 2;
        due.extend(world.engine.table().query(&Query::due(shard, until)).await.unwrap().items);
    }
    let mut moments: Vec<i64> =
        due.iter().map(|record| record.due.as_ref().unwrap().sk.split('#').next().unwrap().parse().unwrap()).collect();
    moments.sort_unstable();
    assert_eq!(moments.len(), 20);
    let spread = moments[19] - moments[0];
    assert!(spread > 3 * 3_600_000, "{spread} milliseconds between the first and the last");
}

#[tokio::test]
async fn a_page_that_nobody_watches_is_not_visited_and_is_gone_a_day_later() {
    let world = World::new([kettle(), kettle_at("17.99")]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.until_page_is_due().await;
    world.refresh().await;
    world.engine.remove_item(&world.alice, world.list, item, None).await.unwrap();
    assert_eq!(world.left_of_page().await.len(), 3, "the page and two prices");
    world.until_page_is_due().await;
    assert_eq!((world.refresh().await, world.visits()), (Visited::Nothing, 2));
    let refresh = world.page().await.refresh.unwrap();
    assert_eq!((refresh.unwatched_since, refresh.due), (Some(world.clock.now()), world.clock.now() + DAY));
    world.clock.advance(Duration::from_hours(23));
    assert_eq!((world.refresh().await, world.left_of_page().await.len()), (Visited::Nothing, 3));
    world.clock.advance(Duration::from_hours(1));
    assert_eq!((world.refresh().await, world.visits()), (Visited::Removed, 2));
    assert!(world.left_of_page().await.is_empty());
    assert_eq!(world.refresh().await, Visited::Nothing);
}

#[tokio::test]
async fn a_page_that_only_a_deleted_list_watched_is_gone_a_day_later() {
    let world = World::new([kettle()]).await;
    world.add_filled(world.list, 40).await;
    world.engine.delete_wishlist(&world.alice, world.list, None).await.unwrap();
    world.work().await;
    world.clock.advance(Duration::from_mins(24 * 60 - 1));
    sweep(&world.engine).await.unwrap();
    world.work().await;
    assert_eq!(world.left_of_page().await.len(), 2, "the page and its price");
    world.clock.advance(Duration::from_secs(61));
    sweep(&world.engine).await.unwrap();
    world.work().await;
    assert!(world.left_of_page().await.is_empty());
    assert_eq!(world.visits(), 1);
}

#[tokio::test]
async fn an_item_added_meanwhile_saves_the_page() {
    let world = World::new([kettle(), kettle(), kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.engine.remove_item(&world.alice, world.list, item, None).await.unwrap();
    world.until_page_is_due().await;
    world.refresh().await;
    let saving = world.add(KETTLE).await;
    world.clock.advance(DAY);
    // Its visit has not come yet: the watcher alone saves the page, and it is visited again as well.
    assert_eq!((world.refresh().await, world.visits()), (Visited::Ready, 2));
    assert_eq!(world.page().await.refresh.unwrap().unwatched_since, None);
    assert_eq!((world.visit(saving).await, world.visits()), (Visited::Ready, 2));
}

#[tokio::test]
async fn a_page_of_an_older_file_is_watched_from_its_next_use_on() {
    let world = World::new([]).await;
    let item = world.add(KETTLE).await;
    let body = format!(
        r#"{{"URL":"{KETTLE}","Product":{{"title":"Kettle"}},"Tries":0,"VisitedAt":"{now}","ExpiresAt":"{now}"}}"#,
        now = world.clock.now()
    );
    let revision = Revision { number: 1, write: world.engine.ids().mint() };
    let expires_at = Some(world.clock.now() + DAY);
    let old = Record { key: keys::page(&digest()), revision, expires_at, due: None, body: Body::from_json(body) };
    world.engine.table().commit(vec![Change::Put(old, Condition::Absent)]).await.unwrap();
    assert_eq!((world.refresh().await, world.visit(item).await), (Visited::Nothing, Visited::Ready));
    assert_eq!((world.item(item).await.title(), world.visits()), (Some("Kettle"), 0));
    let due = world.page().await.refresh.unwrap().due;
    assert!(due <= world.clock.now() + DAY, "{due}");
    world.clock.advance(DAY * 2);
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    assert_eq!((world.refresh().await, world.visits()), (Visited::Ready, 1), "it does not expire any more");
}

#[tokio::test]
async fn without_refreshes_a_watched_page_is_looked_at_and_kept() {
    let world = World::new([kettle()]).await;
    let off = Visitor::new(world.engine.clone(), world.pages.clone(), Politeness::default()).with_refresh_every(None);
    let item = world.add(KETTLE).await;
    off.visit(world.list, item).await.unwrap();
    for _ in 0..3 {
        world.until_page_is_due().await;
        assert_eq!(off.refresh(&digest()).await.unwrap().1, Visited::Nothing);
        assert_eq!(world.page().await.refresh.unwrap().due, world.clock.now() + DAY);
    }
    assert_eq!(world.visits(), 1);
    // Turned on, they begin at the next look.
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    world.until_page_is_due().await;
    assert_eq!((world.refresh().await, world.visits()), (Visited::Ready, 2));
    // Turned off, a visit that was planned is not made, and does not come back every few minutes.
    world.clock.set(world.page().await.refresh.unwrap().visit_at.unwrap() + Duration::from_secs(1));
    sweep(&world.engine).await.unwrap();
    off.refresh(&digest()).await.unwrap();
    let refresh = world.page().await.refresh.unwrap();
    assert_eq!((refresh.visit_at, refresh.due), (None, refresh.look_at));
    assert!(refresh.due > world.clock.now() && world.visits() == 2);
}

#[tokio::test]
async fn a_refresh_that_may_go_better_is_tried_five_times_and_fails_the_items_with_what_they_knew() {
    let world = World::new([kettle(), down(), down(), down(), down(), down()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    for tries in 1..5 {
        world.until_page_is_due().await;
        assert_eq!(world.refresh().await, Visited::Again(FailureCode::Unreachable));
        assert_eq!(world.page().await.tries, tries);
        assert_eq!(world.item(item).await.status, ItemStatus::Ready);
    }
    world.until_page_is_due().await;
    assert_eq!((world.refresh().await, world.visits()), (Visited::Failed(FailureCode::Unreachable), 6));
    world.work().await;
    let failed = world.item(item).await;
    assert_eq!((failed.status, failed.failure), (ItemStatus::Failed, Some(FailureCode::Unreachable)));
    assert_eq!((amount(&failed).unwrap().as_str(), failed.title()), ("19.99", Some("Kettle")));
    assert_eq!(world.history().await, [(Some("19.99".to_owned()), 0)], "a failed visit is no observation");
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    world.until_page_is_due().await;
    world.refresh().await;
    world.work().await;
    assert_eq!(world.item(item).await.status, ItemStatus::Ready);
    assert_eq!(world.history().await.len(), 1, "nothing has changed since");
}

#[tokio::test]
async fn a_page_that_is_gone_for_good_is_visited_ever_less_often() {
    let world = World::new([kettle()].into_iter().chain((0..8).map(|_| gone()))).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    let mut days = Vec::new();
    for _ in 0..8 {
        while world.page().await.failure.is_none() || world.page().await.visited_at != Some(world.clock.now()) {
            world.until_page_is_due().await;
            world.refresh().await;
        }
        let next = world.page().await.refresh.unwrap().visit_at.unwrap();
        days.push(next.since(world.clock.now()).as_secs().div_ceil(DAY.as_secs()));
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(days[..3], [1, 2, 4]);
    assert!(days[3..].iter().all(|days| (6..=7).contains(days)), "{days:?}");
    world.work().await;
    assert_eq!(amount(&world.item(item).await).unwrap(), "19.99");
}

#[tokio::test]
async fn two_workers_at_one_page_are_one_visit() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.until_page_is_due().await;
    let late = world.add(KETTLE).await;
    let other = async {
        world.pages.arrived().await;
        assert_eq!(world.refresh().await, Visited::Nothing);
        assert_eq!(world.visit(late).await, Visited::Waiting);
        world.pages.go_on();
    };
    let (visited, ()) = tokio::join!(world.refresh(), other);
    assert_eq!((visited, world.visit(late).await, world.visits()), (Visited::Ready, Visited::Ready, 2));
}

#[tokio::test]
async fn a_refresh_that_finds_no_lane_waits_for_longer_than_a_first_fill() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    let none = Politeness { burst: 0, per_minute: 60, ..Politeness::default() };
    let waiting = Visitor::new(world.engine.clone(), world.pages.clone(), none);
    world.until_page_is_due().await;
    assert_eq!(waiting.refresh(&digest()).await.unwrap().1, Visited::Waiting);
    let (page, now) = (world.page().await, world.clock.now());
    let due = page.refresh.unwrap().due;
    assert!((now + Duration::from_secs(1)..now + Duration::from_mins(6)).contains(&due), "{due} at {now}");
    assert_eq!((page.tries, page.lease, world.visits()), (0, None, 1));
}

#[tokio::test]
async fn a_start_takes_up_the_pages_that_a_dead_queue_held() {
    let world = World::new([kettle(), kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.until_page_is_due().await;
    world.messages();
    resume(&world.engine).await.unwrap();
    assert_eq!(world.messages(), [Message::Page { page_digest: digest() }]);
}

#[tokio::test]
async fn an_item_asked_for_again_shows_what_it_showed_until_its_visit() {
    let world = World::new([kettle(), kettle_at("17.99")]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.clock.advance(Duration::from_mins(15));
    world.messages();
    let pending = world.engine.refresh_item(&world.alice, world.list, item, None).await.unwrap();
    assert_eq!((pending.status, amount(&pending).unwrap().as_str()), (ItemStatus::Pending, "19.99"));
    assert_eq!((world.messages().len(), pending.version), (1, 3));
    let again = world.engine.refresh_item(&world.alice, world.list, item, None).await.unwrap();
    assert_eq!((again, world.messages().len()), (pending, 1), "asking twice is one visit and a hint more");
    assert_eq!(world.visit(item).await, Visited::Ready);
    let ready = world.item(item).await;
    assert_eq!((ready.status, amount(&ready).unwrap().as_str(), world.visits()), (ItemStatus::Ready, "17.99", 2));
}

#[tokio::test]
async fn within_a_quarter_of_an_hour_the_last_result_stands() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.messages();
    world.clock.advance(Duration::from_mins(14));
    let before = world.item(item).await;
    assert_eq!(world.engine.refresh_item(&world.alice, world.list, item, None).await.unwrap(), before);
    // One that has never been told is given what stands.
    let late = world.add(KETTLE).await;
    world.messages();
    let told = world.engine.refresh_item(&world.alice, world.list, late, None).await.unwrap();
    assert_eq!((told.status, told.visit, amount(&told).unwrap().as_str()), (ItemStatus::Ready, None, "19.99"));
    assert_eq!((world.messages().len(), world.visits()), (0, 1));
}

#[tokio::test]
async fn what_cannot_be_visited_cannot_be_asked_for() {
    let world = World::new([]).await;
    let draft = ItemDraft { title: Some("Socks".to_owned()), ..ItemDraft::default() };
    let item = world.engine.add_item(&world.alice, world.list, &draft, None).await.unwrap().item.id;
    let refused = world.engine.refresh_item(&world.alice, world.list, item, None).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unprocessable);
    let bob = Viewer { user: "bob".parse().unwrap() };
    let foreign = world.engine.refresh_item(&bob, world.list, item, None).await.unwrap_err();
    assert_eq!(foreign.kind(), Kind::NotFound);
}

#[tokio::test]
async fn an_item_whose_host_never_has_a_lane_is_given_up_after_a_day() {
    let world = World::new([]).await;
    let none = Politeness { burst: 0, per_minute: 1, ..Politeness::default() };
    let waiting = Visitor::new(world.engine.clone(), world.pages.clone(), none);
    let item = world.add(KETTLE).await;
    let begun = world.clock.now();
    while waiting.visit(world.list, item).await.unwrap() == Visited::Waiting {
        world.clock.advance(world.last_delay());
    }
    let failed = world.item(item).await;
    assert_eq!((failed.failure, failed.visit, world.visits()), (Some(FailureCode::Unreachable), None, 0));
    let took = world.clock.now().since(begun);
    assert!((DAY..DAY + Duration::from_mins(3)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn an_item_given_up_before_its_first_visit_is_told_when_there_is_one() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.clock.advance(Duration::from_hours(7));
    assert_eq!(world.visit(item).await, Visited::Failed(FailureCode::Unreachable));
    world.an_hour().await;
    let told = world.item(item).await;
    assert_eq!((told.status, told.failure, told.title()), (ItemStatus::Ready, None, Some("Kettle")));
    assert_eq!(world.visits(), 1);
}

#[tokio::test]
async fn an_item_given_up_is_told_though_its_page_says_what_it_said() {
    let world = World::new([kettle(), kettle()]).await;
    let (item, other) = (world.add(KETTLE).await, world.add(KETTLE).await);
    world.visit(item).await;
    world.visit(other).await;
    world.work().await;
    world.clock.advance(Duration::from_hours(1));
    world.engine.refresh_item(&world.alice, world.list, item, None).await.unwrap();
    world.messages();
    world.clock.advance(Duration::from_hours(7));
    assert_eq!(world.visit(item).await, Visited::Failed(FailureCode::Unreachable));
    let version = world.item(other).await.version;
    world.an_hour().await;
    let told = world.item(item).await;
    assert_eq!((told.status, told.failure, world.visits()), (ItemStatus::Ready, None, 2));
    assert_eq!(world.item(other).await.version, version, "who knew it is not told again");
    world.an_hour().await;
    assert_eq!(world.visits(), 2, "the next visit is a day away");
}

#[tokio::test]
async fn without_refreshes_an_item_given_up_has_a_page_that_is_not_visited() {
    let world = World::new([]).await;
    let off = Visitor::new(world.engine.clone(), world.pages.clone(), Politeness::default()).with_refresh_every(None);
    let item = world.add(KETTLE).await;
    world.clock.advance(Duration::from_hours(7));
    assert_eq!(off.visit(world.list, item).await.unwrap(), Visited::Failed(FailureCode::Unreachable));
    let refresh = world.page().await.refresh.unwrap();
    assert_eq!((refresh.visit_at, refresh.due), (None, world.clock.now() + DAY));
}

#[tokio::test]
async fn a_page_of_a_clock_gone_wrong_is_not_fresh_for_ever() {
    let world = World::new([kettle(), kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    let right = world.clock.now() - Duration::from_hours(1);
    world.clock.set(right);
    assert!(!world.page().await.is_fresh(right));
    assert!(
        world.page().await.is_fresh(right + Duration::from_hours(1) - VisitedPage::FRESH + Duration::from_millis(1))
    );
    let asked = world.engine.refresh_item(&world.alice, world.list, item, None).await.unwrap();
    assert_eq!(asked.status, ItemStatus::Pending);
    assert_eq!((world.visit(item).await, world.visits()), (Visited::Ready, 2));
}

#[tokio::test]
async fn an_item_first_filled_by_a_failure_is_not_told_what_others_knew() {
    let world = World::new([kettle(), Outcome::Failed(FailureCode::Blocked, Box::default())]).await;
    let old = world.add(KETTLE).await;
    world.visit(old).await;
    world.clock.advance(Duration::from_hours(2));
    let new = world.add(KETTLE).await;
    assert_eq!(world.visit(new).await, Visited::Failed(FailureCode::Blocked));
    world.work().await;
    let (old, new) = (world.item(old).await, world.item(new).await);
    assert_eq!((amount(&new), new.title()), (None, None));
    assert_eq!((old.failure, amount(&old).unwrap().as_str()), (Some(FailureCode::Blocked), "19.99"));
}
