//! Erasures over a table that processes with different identities share.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::Result;
use wishlist_core::ids::UserId;
use wishlist_core::operations::Identities;
use wishlist_core::queue::Message;
use wishlist_scraper::{Visitor, handle, sweep};

use super::world::World;

/// Identities of this name, of which nothing is kept.
#[derive(Debug)]
struct Named(&'static str);

#[async_trait]
impl Identities for Named {
    fn name(&self) -> &str {
        self.0
    }

    async fn erase(&self, _: &UserId) -> Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn an_erasure_of_other_identities_is_neither_done_nor_put_off() {
    let world = World::new([]).await;
    let of = |name| world.engine.clone().with_identities(Arc::new(Named(name)));
    let (pool, local) = (of("eu-central-1_AbCdEfGhI"), of("smart-wishlist"));
    pool.delete_me(&world.alice).await.unwrap();
    let job_id = world.job();
    // A message of it that comes astray is answered, and nothing is done.
    let astray = Visitor::new(local.clone(), world.pages.clone(), wishlist_scraper::Politeness::default());
    handle(astray, Message::Job { job_id }).await.unwrap();
    world.clock.advance(Duration::from_secs(16));
    assert_eq!((sweep(&local).await.unwrap(), world.messages()), (0, vec![]));
    assert_eq!((sweep(&pool).await.unwrap(), world.messages()), (1, vec![Message::Job { job_id }]));
    // The sweeper of a function has no identities of its own.
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(sweep(&world.engine).await.unwrap(), 1);
}
