//! Telling everybody who watches a page what has changed.

use std::time::Duration;

use wishlist_core::clock::Clock;
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::{Item, ItemDraft, ItemStatus, Watcher};
use wishlist_core::operations::JobProgress;
use wishlist_core::table::{Condition, Entity, Query, Stored, Transaction, keys, query_all};
use wishlist_scraper::Visited;

use crate::world::{KETTLE, World, amount, digest, gone, kettle, kettle_at};

impl World {
    async fn items_of(&self, list: WishlistId) -> Vec<Item> {
        let records =
            query_all(&*self.table, Query::prefix(keys::wishlist(list).pk, keys::prefix::ITEM)).await.unwrap();
        records.iter().map(|record| Stored::<Item>::read(record).unwrap().value).collect()
    }

    /// How many items of the list show this price.
    async fn showing(&self, list: WishlistId, price: &str) -> usize {
        self.items_of(list).await.iter().filter(|item| amount(item).as_deref() == Some(price)).count()
    }

    /// Has the page's price change by a refresh.
    async fn change_price(&self, price: &str) {
        self.pages.outcomes.lock().unwrap().push_back(kettle_at(price));
        self.until_page_is_due().await;
        self.messages();
        assert_eq!(self.refresh().await, Visited::Ready);
    }

    /// Puts an item into another list, as a move does: all in one commit.
    async fn move_to(&self, to: WishlistId, from: WishlistId, id: ItemId) {
        let stored = Stored::<Item>::find(&*self.table, keys::item(from, id)).await.unwrap().unwrap();
        let moved = Item { wishlist_id: to, ..stored.value };
        let watcher = |wishlist_id| Watcher { url: KETTLE.parse().unwrap(), wishlist_id, item_id: id };
        let mut transaction = Transaction::new(self.engine.ids());
        transaction
            .delete(keys::item(from, id), Condition::Revision(stored.revision))
            .delete(watcher(from).key(), Condition::Always)
            .create(&moved)
            .unwrap()
            .create(&watcher(to))
            .unwrap();
        transaction.commit(&*self.table).await.unwrap();
    }
}

#[tokio::test]
async fn two_hundred_and_fifty_watchers_are_told_in_three_steps() {
    let world = World::new([kettle()]).await;
    world.add_filled(world.list, 250).await;
    world.change_price("17.99").await;
    let job = world.job();
    for told in [100, 200, 250] {
        assert_eq!(world.showing(world.list, "17.99").await, told - if told == 250 { 50 } else { 100 });
        assert_eq!(world.engine.run_job(job, 1).await.unwrap(), JobProgress::More);
        assert_eq!(world.showing(world.list, "17.99").await, told);
    }
    // What is left is the walk over those that came meanwhile: nobody did.
    assert_eq!(world.engine.run_job(job, 10).await.unwrap(), JobProgress::Done);
    assert!(world.items_of(world.list).await.iter().all(|item| item.version == 3), "each was told once");
    assert_eq!(world.engine.run_job(job, 10).await.unwrap(), JobProgress::Done);
}

#[tokio::test]
async fn an_items_own_visit_tells_the_others_and_leaves_what_was_typed() {
    let world = World::new([kettle()]).await;
    let list = world.another_list().await;
    let [plain, named] = world.add_filled(list, 2).await[..] else { unreachable!() };
    let draft =
        ItemDraft { url: Some(KETTLE.to_owned()), title: Some("The red one".to_owned()), ..ItemDraft::default() };
    world.engine.update_item(&world.alice, list, named, &draft, None).await.unwrap();
    world.clock.advance(Duration::from_mins(20));
    let own = world.add(KETTLE).await;
    world.pages.outcomes.lock().unwrap().push_back(kettle_at("17.99"));
    world.messages();
    assert_eq!(world.visit(own).await, Visited::Ready);
    world.work().await;
    for (item, title) in [(plain, "Kettle"), (named, "The red one")] {
        let told = world.engine.find_item(&world.alice, list, item).await.unwrap();
        assert_eq!((told.title(), amount(&told).unwrap().as_str()), (Some(title), "17.99"));
    }
    assert_eq!(world.visits(), 2);
}

#[tokio::test]
async fn the_only_watcher_of_a_page_is_told_by_its_own_visit_alone() {
    let world = World::new([kettle()]).await;
    let item = world.add(KETTLE).await;
    world.messages();
    world.visit(item).await;
    assert!(world.messages().is_empty());
}

#[tokio::test]
async fn who_waits_for_a_visit_of_their_own_is_left_to_it() {
    let world = World::new([kettle()]).await;
    let [asked, told] = world.add_filled(world.list, 2).await[..] else { unreachable!() };
    world.change_price("17.99").await;
    let job = world.job();
    world.clock.advance(Duration::from_mins(15));
    world.engine.refresh_item(&world.alice, world.list, asked, None).await.unwrap();
    world.engine.run_job(job, 10).await.unwrap();
    let (asked_item, told) = (world.item(asked).await, world.item(told).await);
    assert_eq!((asked_item.status, amount(&asked_item).unwrap().as_str()), (ItemStatus::Pending, "19.99"));
    assert_eq!((told.status, amount(&told).unwrap().as_str()), (ItemStatus::Ready, "17.99"));
    // What it was not told is in its summary all the same once it is filled.
    world.pages.outcomes.lock().unwrap().push_back(kettle_at("29.99"));
    world.visit(asked).await;
    let prices = &world.item(asked).await.prices;
    assert_eq!(prices.ranges.last().unwrap().lowest.price.amount(), "17.99");
}

#[tokio::test]
async fn a_price_that_is_past_when_an_item_is_told_is_in_its_summary() {
    let world = World::new([kettle()]).await;
    let item = world.add_filled(world.list, 1).await[0];
    let mut jobs = Vec::new();
    for price in ["9.99", "29.99"] {
        world.change_price(price).await;
        jobs.push(world.job());
    }
    // The later job first, as two workers may have it.
    for job in jobs.into_iter().rev() {
        world.engine.run_job(job, 10).await.unwrap();
    }
    let summary = world.item(item).await.prices.summary(world.clock.now());
    let ends = [summary.now, summary.lowest, summary.highest].map(|point| point.unwrap().price.amount());
    assert_eq!(ends, ["29.99", "9.99", "29.99"]);
}

#[tokio::test]
async fn an_item_that_is_moved_past_the_walk_is_told_by_the_second() {
    let world = World::new([kettle()]).await;
    let (before, list) = (world.list, world.another_list().await);
    let items = world.add_filled(list, 120).await;
    world.change_price("17.99").await;
    let job = world.job();
    assert_eq!(world.engine.run_job(job, 1).await.unwrap(), JobProgress::More);
    let moved = *items.last().unwrap();
    world.move_to(before, list, moved).await;
    world.engine.run_job(job, 1).await.unwrap();
    assert_eq!((world.showing(list, "17.99").await, world.showing(before, "17.99").await), (119, 0));
    assert_eq!(world.engine.run_job(job, 10).await.unwrap(), JobProgress::Done);
    assert_eq!((world.showing(list, "17.99").await, world.showing(before, "17.99").await), (119, 1));
}

#[tokio::test]
async fn who_is_gone_or_has_another_link_is_passed_over() {
    let world = World::new([kettle()]).await;
    let [removed, relinked, stays] = world.add_filled(world.list, 3).await[..] else { unreachable!() };
    world.change_price("17.99").await;
    let job = world.job();
    world.engine.remove_item(&world.alice, world.list, removed, None).await.unwrap();
    let draft = ItemDraft { url: Some("https://shop.example/pot".to_owned()), ..ItemDraft::default() };
    world.engine.update_item(&world.alice, world.list, relinked, &draft, None).await.unwrap();
    // A watcher that outlived its item's link is no reason to fill it.
    let stale = Watcher { url: KETTLE.parse().unwrap(), wishlist_id: world.list, item_id: relinked };
    let mut transaction = Transaction::new(world.engine.ids());
    transaction.put(&stale).unwrap();
    transaction.commit(&*world.table).await.unwrap();
    assert_eq!(world.engine.run_job(job, 10).await.unwrap(), JobProgress::Done);
    assert_eq!(amount(&world.item(stays).await).unwrap(), "17.99");
    let relinked = world.item(relinked).await;
    assert_eq!((relinked.status, amount(&relinked)), (ItemStatus::Pending, None));
}

#[tokio::test]
async fn a_failure_fans_out_once_and_takes_nothing_away() {
    let world = World::new([kettle(), gone(), gone()]).await;
    let items = world.add_filled(world.list, 3).await;
    for told in [1, 0] {
        world.until_page_is_due().await;
        world.messages();
        world.refresh().await;
        assert_eq!(world.messages().len(), told);
        sweep_jobs(&world).await;
    }
    for item in items {
        let failed = world.item(item).await;
        assert_eq!(
            (failed.status, failed.version, amount(&failed).unwrap().as_str()),
            (ItemStatus::Failed, 3, "19.99")
        );
    }
}

/// Runs what a lost message has left.
async fn sweep_jobs(world: &World) {
    world.clock.advance(Duration::from_secs(16));
    wishlist_scraper::sweep(&world.engine).await.unwrap();
    world.work().await;
}

#[tokio::test]
async fn a_page_that_is_gone_ends_its_fan_out() {
    let world = World::new([kettle()]).await;
    let item = world.add_filled(world.list, 1).await[0];
    world.change_price("17.99").await;
    let job = world.job();
    world.engine.remove_item(&world.alice, world.list, item, None).await.unwrap();
    assert!(world.engine.remove_page(&digest()).await.unwrap());
    assert_eq!(world.engine.run_job(job, 10).await.unwrap(), JobProgress::Done);
}

#[tokio::test]
async fn an_edit_at_the_same_time_is_merged() {
    let world = World::new([kettle()]).await;
    let items = world.add_filled(world.list, 8).await;
    world.change_price("17.99").await;
    let job = world.job();
    let rename = async {
        for item in &items {
            let title = Some("The red one".to_owned());
            let draft = ItemDraft { url: Some(KETTLE.to_owned()), title, ..ItemDraft::default() };
            world.engine.update_item(&world.alice, world.list, *item, &draft, None).await.unwrap();
        }
    };
    let (done, ()) = tokio::join!(world.engine.run_job(job, 10), rename);
    assert_eq!(done.unwrap(), JobProgress::Done);
    for item in items {
        let item = world.item(item).await;
        assert_eq!((item.title(), amount(&item).unwrap().as_str()), (Some("The red one"), "17.99"));
    }
}
