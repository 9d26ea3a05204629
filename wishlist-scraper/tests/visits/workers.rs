//! A worker of the local queue.

use std::time::Duration;

use tokio::sync::oneshot;
use wishlist_core::model::ItemStatus;
use wishlist_core::queue::{Message, Queue as _};
use wishlist_scraper::{LocalQueue, work};

use crate::world::World;

#[tokio::test]
async fn no_more_visits_are_under_way_at_once_than_are_allowed_and_all_are_made() {
    let world = World::new([]).await;
    let (queue, inbox) = LocalQueue::new();
    let mut items = Vec::new();
    for host in ["one", "two", "three"] {
        let item_id = world.add(&format!("https://{host}.example/")).await;
        let url = world.item(item_id).await.url.unwrap();
        let message = Message::Visit { wishlist_id: world.list, item_id, url };
        queue.send(message, Duration::ZERO).await.unwrap();
        items.push(item_id);
    }
    let (_never_stops, stop) = oneshot::channel::<()>();
    let worker = tokio::spawn(work(world.visitor.clone(), inbox, 2, async { drop(stop.await) }));
    for _ in 0..2 {
        world.pages.arrived().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!((world.visits(), queue.ready()), (2, 1));
    world.pages.go_on();
    world.pages.arrived().await;
    world.pages.go_on();
    world.pages.go_on();
    drop(queue);
    worker.await.unwrap();
    for item in items {
        assert_eq!(world.item(item).await.status, ItemStatus::Ready);
    }
}
