//! Looks at pages, of which nothing is kept.

use std::sync::Arc;
use std::time::Duration;

use wishlist_core::Kind;
use wishlist_core::model::{FailureCode, PageKind};
use wishlist_scraper::{Outcome, Politeness, Previewer};

use crate::world::{KETTLE, World, kettle, product};

impl World {
    /// The world's engine with eyes.
    fn looking(&self) -> wishlist_core::operations::Engine {
        let previewer = Previewer::new(self.engine.clone(), self.pages.clone(), Politeness::default());
        self.engine.clone().with_preview(Arc::new(previewer))
    }
}

#[tokio::test]
async fn a_preview_tells_what_the_page_says_and_keeps_nothing() {
    let world = World::new([kettle()]).await;
    let preview = world.looking().preview_product(&world.alice, KETTLE, None).await.unwrap();
    assert_eq!((preview.kind, preview.product), (PageKind::Product, product()));
    assert!(world.left_of_page().await.is_empty());
    assert!(world.messages().is_empty());
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_refused_in_words() {
    let forbidden = Outcome::Failed(FailureCode::ForbiddenAddress, Box::default());
    let world = World::new([forbidden]).await;
    let refused = world.looking().preview_product(&world.alice, "http://10.0.0.1/", None).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unprocessable);
    assert_eq!(refused.to_string(), FailureCode::ForbiddenAddress.detail());
    let refused = world.looking().preview_product(&world.alice, "kettle", None).await.unwrap_err();
    assert_eq!((refused.kind(), refused.fields()[0].pointer.as_str()), (Kind::Invalid, "/url"));
    let refused = world.engine.preview_product(&world.alice, KETTLE, None).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unavailable, "an engine without eyes says so");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_being_visited_is_waited_for_shortly_and_then_named() {
    let world = World::new([]).await;
    let (engine, alice) = (world.looking(), world.alice.clone());
    let third = async {
        world.pages.arrived().await;
        world.pages.arrived().await;
        let started = tokio::time::Instant::now();
        let refused = engine.preview_product(&alice, KETTLE, None).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::RateLimited);
        assert!(refused.retry_after().unwrap() >= Duration::from_secs(1));
        let waited = started.elapsed();
        assert!(waited >= Duration::from_secs(1) && waited < Duration::from_secs(4), "{waited:?}");
        world.pages.go_on();
        world.pages.go_on();
    };
    let (first, second, ()) =
        tokio::join!(engine.preview_product(&alice, KETTLE, None), engine.preview_product(&alice, KETTLE, None), third);
    assert!(first.is_ok() && second.is_ok());
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    assert!(engine.preview_product(&alice, KETTLE, None).await.is_ok(), "the lanes are free again");
}

#[tokio::test]
async fn who_hangs_up_leaves_the_lane_behind() {
    let world = World::new([]).await;
    let engine = world.looking();
    for _ in 0..2 {
        let call = engine.preview_product(&world.alice, KETTLE, None);
        tokio::select! {
            _ = call => unreachable!("the page does not answer"),
            () = world.pages.arrived() => {}
        }
    }
    world.pages.go_on();
    world.pages.go_on();
    world.pages.outcomes.lock().unwrap().push_back(kettle());
    // The looks that nobody waits for end by themselves, and with them their lanes; no clock moves.
    let looked = async {
        while engine.preview_product(&world.alice, KETTLE, None).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looked).await.unwrap();
}
