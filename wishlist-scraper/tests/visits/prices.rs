//! What a page was seen to cost, and what of it an item may know.

use std::time::Duration;

use wishlist_core::clock::{Clock, Timestamp};
use wishlist_core::ids::ItemId;
use wishlist_core::model::{Availability, ItemDraft, Money, Observation, Product};
use wishlist_core::operations::{PriceWindow, Prices};
use wishlist_scraper::{Outcome, Visited};

use crate::world::{BEGIN, KETTLE, World, gone, kettle, kettle_at, product};

const ALL: PriceWindow = PriceWindow { from: None, to: None, after: None, limit: 50 };

impl World {
    /// Visits the kettle's page once more, an hour later.
    async fn visit_later(&self, item: ItemId, outcome: Outcome) -> Visited {
        self.pages.outcomes.lock().unwrap().push_back(outcome);
        self.clock.advance(Duration::from_hours(1));
        self.engine.refresh_item(&self.alice, self.list, item, None).await.unwrap();
        let visited = self.visit(item).await;
        self.work().await;
        visited
    }

    async fn prices(&self, item: ItemId, window: PriceWindow) -> Prices {
        self.engine.list_prices(&self.alice, self.list, item, window).await.unwrap()
    }

    async fn all_prices(&self, item: ItemId) -> Vec<(String, i64)> {
        told(&self.prices(item, ALL).await.items)
    }
}

/// Amounts, with the minutes since the test began.
fn told(observations: &[Observation]) -> Vec<(String, i64)> {
    let amount = |seen: &Observation| seen.price.map_or_else(|| "none".to_owned(), Money::amount);
    observations.iter().map(|seen| (amount(seen), (seen.seen_at.as_millis() - BEGIN) / 60_000)).collect()
}

fn rows(rows: &[(&str, i64)]) -> Vec<(String, i64)> {
    rows.iter().map(|(amount, minute)| ((*amount).to_owned(), *minute)).collect()
}

fn sold_out() -> Outcome {
    let availability = Some(Availability::OutOfStock);
    Outcome::Facts(Box::new(Product { availability, ..product() }))
}

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_millis(BEGIN + minute * 60_000)
}

#[tokio::test]
async fn only_a_change_of_price_or_availability_is_an_observation() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    for outcome in [kettle(), sold_out(), gone(), sold_out(), kettle_at("17.99"), kettle()] {
        world.visit_later(item, outcome).await;
    }
    let renamed = Product { title: Some("Another".to_owned()), ..product() };
    world.visit_later(item, Outcome::Facts(Box::new(renamed))).await;
    let expected = rows(&[("19.99", 360), ("17.99", 300), ("19.99", 120), ("19.99", 0)]);
    assert_eq!(world.all_prices(item).await, expected);
    let summary = world.prices(item, ALL).await.summary.unwrap();
    let point = |point: Option<wishlist_core::model::PricePoint>| {
        point.map(|point| (point.price.amount(), (point.seen_at.as_millis() - BEGIN) / 60_000)).unwrap()
    };
    assert_eq!(point(summary.now), ("19.99".to_owned(), 360));
    assert_eq!(point(summary.lowest), ("17.99".to_owned(), 300));
    assert_eq!(point(summary.highest), ("19.99".to_owned(), 0));
    assert_eq!((point(summary.first), summary.since), (("19.99".to_owned(), 0), minute(0)));
    let all_time = world.page().await.prices;
    assert_eq!(all_time.last().unwrap().lowest.price.amount(), "17.99");
}

#[tokio::test]
async fn a_visit_from_behind_a_clock_put_back_is_still_the_latest() {
    let world = World::new([kettle()]).await;
    world.clock.advance(Duration::from_hours(2));
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.clock.set(minute(60));
    for amount in ["18.99", "17.99", "16.99"] {
        world.pages.outcomes.lock().unwrap().push_back(kettle_at(amount));
        world.clock.advance(Duration::from_mins(16));
        // The page's own record may be of the future; only what was seen has to stay in order.
        world.engine.refresh_item(&world.alice, world.list, item, None).await.unwrap();
        world.visit(item).await;
    }
    let seen: Vec<_> = world.prices(item, ALL).await.items;
    assert!(seen.windows(2).all(|pair| pair[0].seen_at > pair[1].seen_at), "{seen:?}");
    let amounts: Vec<_> = seen.iter().filter_map(|seen| seen.price.map(Money::amount)).collect();
    assert_eq!(amounts.first().unwrap(), "16.99");
    assert_eq!(world.prices(item, ALL).await.summary.unwrap().now.unwrap().price.amount(), "16.99");
    assert_eq!(amounts.len(), world.visits());
}

#[tokio::test]
async fn nobody_sees_prices_from_before_they_added_the_item() {
    let world = World::new([kettle()]).await;
    let first = world.add(KETTLE).await;
    world.visit(first).await;
    world.visit_later(first, kettle_at("9.99")).await;
    world.visit_later(first, kettle_at("29.99")).await;
    // Ten minutes after the last visit: what it said held when the item was added.
    world.clock.advance(Duration::from_mins(10));
    let told_at_once = world.add(KETTLE).await;
    world.visit(told_at_once).await;
    assert_eq!(world.all_prices(told_at_once).await, rows(&[("29.99", 130)]));
    // An hour after it: its own visit finds the same price, which is no observation of the page's, and one of the item's.
    world.clock.advance(Duration::from_mins(50));
    let visited_itself = world.add(KETTLE).await;
    world.clock.advance(Duration::from_mins(5));
    world.pages.outcomes.lock().unwrap().push_back(kettle_at("29.99"));
    world.visit(visited_itself).await;
    assert_eq!(world.all_prices(visited_itself).await, rows(&[("29.99", 185)]));
    world.visit_later(first, kettle_at("24.99")).await;
    assert_eq!(world.all_prices(visited_itself).await, rows(&[("24.99", 245), ("29.99", 185)]));
    assert_eq!(world.all_prices(first).await.len(), 4);
    for item in [told_at_once, visited_itself] {
        let summary = world.prices(item, ALL).await.summary.unwrap();
        let ends = [summary.now, summary.lowest, summary.highest].map(|point| point.unwrap().price.amount());
        assert_eq!(ends, ["24.99", "24.99", "29.99"]);
        assert_eq!(summary.since, world.item(item).await.created_at);
    }
}

#[tokio::test]
async fn an_item_never_told_a_price_has_none() {
    let world = World::new([kettle()]).await;
    let first = world.add(KETTLE).await;
    world.visit(first).await;
    world.clock.advance(Duration::from_hours(1));
    let late = world.add(KETTLE).await;
    world.pages.outcomes.lock().unwrap().push_back(gone());
    world.visit(late).await;
    let prices = world.prices(late, ALL).await;
    let summary = prices.summary.unwrap();
    assert_eq!((prices.items, summary.now, summary.lowest), (Vec::new(), None, None));
    let draft = ItemDraft { title: Some("Socks".to_owned()), ..ItemDraft::default() };
    let socks = world.engine.add_item(&world.alice, world.list, &draft, None).await.unwrap().item.id;
    let prices = world.prices(socks, ALL).await;
    assert_eq!((prices.items, prices.next, prices.summary), (Vec::new(), None, None));
}

#[tokio::test]
async fn a_new_link_begins_a_new_history() {
    let world = World::new([kettle()]).await;
    let other = "https://shop.example/pot";
    let (first, item) = (world.add(other).await, world.add(KETTLE).await);
    world.visit(first).await;
    world.clock.advance(Duration::from_hours(1));
    world.pages.outcomes.lock().unwrap().push_back(kettle_at("9.99"));
    world.visit(item).await;
    world.clock.advance(Duration::from_hours(1));
    let draft = ItemDraft { url: Some(other.to_owned()), ..ItemDraft::default() };
    world.engine.update_item(&world.alice, world.list, item, &draft, None).await.unwrap();
    assert!(world.all_prices(item).await.is_empty(), "the other's price was seen before the item had its link");
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    world.visit(item).await;
    assert_eq!(world.all_prices(item).await, rows(&[("19.99", 120)]));
    assert_eq!(world.prices(item, ALL).await.summary.unwrap().since, minute(120));
}

#[tokio::test]
async fn prices_are_listed_page_by_page_within_their_window() {
    let world = World::new([kettle()]).await;
    let first = world.add(KETTLE).await;
    world.visit(first).await;
    world.clock.advance(Duration::from_mins(5));
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    for price in 1..=6 {
        world.visit_later(first, kettle_at(&format!("{price}.00"))).await;
    }
    let all =
        rows(&[("6.00", 365), ("5.00", 305), ("4.00", 245), ("3.00", 185), ("2.00", 125), ("1.00", 65), ("19.99", 5)]);
    for limit in 1..=8 {
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let page = world.prices(item, PriceWindow { after, limit, ..ALL }).await;
            assert!(page.items.len() <= limit);
            walked.extend(told(&page.items));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(walked, all, "by {limit}");
    }
    let within = |from, to| PriceWindow { from: Some(minute(from)), to: Some(minute(to)), ..ALL };
    assert_eq!(told(&world.prices(item, within(125, 245)).await.items), all[3..5], "from is in it, to is not");
    assert_eq!(told(&world.prices(item, within(0, 65)).await.items), all[6..]);
    assert_eq!(told(&world.prices(item, PriceWindow { limit: 1, ..within(185, 246) }).await.items), all[2..3]);
    assert!(world.prices(item, within(6, 65)).await.items.is_empty());
    assert_eq!(world.prices(item, within(6, 65)).await.summary.unwrap().first.unwrap().price.amount(), "19.99");
    assert!(world.prices(item, within(245, 125)).await.items.is_empty());
}

#[tokio::test]
async fn a_removed_page_leaves_no_price_to_a_later_item() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.visit(item).await;
    world.engine.remove_item(&world.alice, world.list, item, None).await.unwrap();
    assert!(world.engine.remove_page(&crate::world::digest()).await.unwrap());
    let later = world.add(KETTLE).await;
    assert!(!world.engine.remove_page(&crate::world::digest()).await.unwrap());
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(world.visit(later).await, Visited::Ready);
    assert_eq!(world.all_prices(later).await, rows(&[("19.99", 1)]));
    assert!(!world.engine.remove_page(&crate::world::digest()).await.unwrap(), "somebody watches it");
    assert_eq!(world.clock.now(), minute(1));
}
