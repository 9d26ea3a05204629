//! A clock that had gone ahead and was set right: what it wrote is not waited for.

use std::time::Duration;

use wishlist_core::clock::{Clock, Timestamp};
use wishlist_scraper::Visited;

use crate::world::{KETTLE, World, down, kettle};

const YEAR: Duration = Duration::from_hours(365 * 24);
const POT: &str = "https://shop.example/pot";

/// A world a year ahead, and the right time.
async fn a_year_ahead() -> (World, Timestamp) {
    let world = World::new([]).await;
    let right = world.clock.now();
    world.clock.advance(YEAR);
    (world, right)
}

#[tokio::test]
async fn leases_of_a_dead_worker_hold_nobody_up() {
    let (world, right) = a_year_ahead().await;
    let items = [world.add(KETTLE).await, world.add(POT).await];
    // Two workers die in the middle of a visit: two items, their pages and both lanes of the host are leased.
    for item in items {
        tokio::select! {
            visited = world.visit(item) => panic!("{visited:?}"),
            () = world.pages.arrived() => {}
        }
    }
    world.clock.set(right);
    world.pages.outcomes.lock().unwrap().extend([kettle(), kettle()]);
    for item in items {
        assert_eq!(world.visit(item).await, Visited::Ready);
    }
}

#[tokio::test]
async fn a_lease_of_a_clock_somewhat_ahead_holds() {
    let world = World::new([]).await;
    let item = world.add(KETTLE).await;
    let right = world.clock.now();
    world.clock.advance(Duration::from_mins(4));
    tokio::select! {
        visited = world.visit(item) => panic!("{visited:?}"),
        () = world.pages.arrived() => {}
    }
    world.clock.set(right);
    assert_eq!(world.visit(item).await, Visited::Nothing);
    assert_eq!(world.visit(world.add(KETTLE).await).await, Visited::Waiting);
}

#[tokio::test]
async fn a_pause_after_a_failed_attempt_is_over() {
    let (world, right) = a_year_ahead().await;
    world.pages.outcomes.lock().unwrap().push_back(down());
    let item = world.add(KETTLE).await;
    assert!(matches!(world.visit(item).await, Visited::Again(_)));
    world.clock.set(right);
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    assert_eq!(world.visit(item).await, Visited::Ready);
    assert!(world.page().await.refresh.unwrap().due < right + YEAR);
}

#[tokio::test]
async fn a_bucket_is_full_again() {
    let (world, right) = a_year_ahead().await;
    world.pages.outcomes.lock().unwrap().extend((0..21).map(|_| kettle()));
    for number in 0..20 {
        let item = world.add(&format!("https://shop.example/{number}")).await;
        assert_eq!(world.visit(item).await, Visited::Ready);
    }
    let item = world.add(KETTLE).await;
    assert_eq!(world.visit(item).await, Visited::Waiting);
    world.clock.set(right);
    assert_eq!(world.visit(item).await, Visited::Ready);
}
