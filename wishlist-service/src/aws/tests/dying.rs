//! A worker over DynamoDB that dies at any request, at any message and at its page, or that works in a storm, is made up for.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::clock::{ManualClock, SystemRandom, Timestamp};
use wishlist_core::ids::{ItemId, WishlistId};
use wishlist_core::model::{ItemDraft, ItemStatus, Money, PageUrl, Product, Viewer, WishlistDraft};
use wishlist_core::operations::{Engine, PriceSeen};
use wishlist_core::queue::{Message, Queue};
use wishlist_core::table::keys::{self, PageDigest};
use wishlist_core::table::{DynamoTable, Query, Record, Stored, create_table, query_all};
use wishlist_core::{Error, Kind};
use wishlist_scraper::{Outcome, Politeness, Scrape, Scraped, Visitor, handle, sweep};

use super::wire::{self, Fate, Fates};
use super::world::{in_time, uuid_of_now};

/// When every test begins, in milliseconds: later than today, for the emulator deletes what has expired by its own clock.
const BEGIN: i64 = 1_900_000_000_000;

const KETTLE: &str = "https://shop.example/kettle";

/// Longer than a storm takes in an emulator that others use, too.
const PATIENCE: Duration = Duration::from_secs(20);

/// Messages that were sent to be handled at once.
#[derive(Debug)]
struct Outbox {
    messages: Mutex<Vec<Message>>,
    fates: Arc<Fates>,
}

#[async_trait]
impl Queue for Outbox {
    async fn send(&self, message: Message, delay: Duration) -> wishlist_core::Result<()> {
        let sent = async {
            if delay.is_zero() {
                self.messages.lock().unwrap().push(message);
            }
        };
        self.fates.pass(sent).await.ok_or_else(|| Error::new(Kind::Unavailable, "no answer from the queue"))
    }
}

/// A shop with one page.
#[derive(Debug)]
struct Shop {
    visits: Mutex<usize>,
    fates: Arc<Fates>,
}

#[async_trait]
impl Scrape for Shop {
    async fn scrape(&self, _: &PageUrl) -> Scraped {
        // It is where a process may die. A page that does not come is the fetcher's matter, and always comes here.
        let _ = self.fates.pass(async {}).await;
        *self.visits.lock().unwrap() += 1;
        let price = Money::new("19.99", "EUR".parse().unwrap()).ok();
        Outcome::Facts(Box::new(Product { title: Some("Kettle".to_owned()), price, ..Product::default() })).into()
    }
}

struct World {
    fates: Arc<Fates>,
    clock: Arc<ManualClock>,
    engine: Engine,
    outbox: Arc<Outbox>,
    shop: Arc<Shop>,
    alice: Viewer,
    list: WishlistId,
    items: Vec<ItemId>,
}

impl World {
    /// Three items of one page, of which nothing is known yet.
    async fn open() -> Self {
        let (fates, clock) = (Fates::calm(), Arc::new(ManualClock::new(Timestamp::from_millis(BEGIN))));
        let (client, name) = (wire::client(&fates), format!("dying-{}", uuid_of_now()));
        create_table(&client, &name).await.unwrap();
        let table = DynamoTable::new(&client, name, clock.clone(), Arc::new(SystemRandom)).with_patience(PATIENCE);
        let outbox = Arc::new(Outbox { messages: Mutex::default(), fates: Arc::clone(&fates) });
        let shop = Arc::new(Shop { visits: Mutex::default(), fates: Arc::clone(&fates) });
        let engine = Engine::new(Arc::new(table), outbox.clone(), clock.clone(), Arc::new(SystemRandom));
        let alice = Viewer { user: "alice".parse().unwrap() };
        let draft = WishlistDraft { name: "Birthday".to_owned(), ..WishlistDraft::default() };
        let list = engine.create_wishlist(&alice, &draft, None).await.unwrap().id;
        let draft = ItemDraft { url: Some(KETTLE.to_owned()), ..ItemDraft::default() };
        let mut items = Vec::new();
        for _ in 0..3 {
            items.push(engine.add_item(&alice, list, &draft, None).await.unwrap().item.id);
        }
        Self { fates, clock, engine, outbox, shop, alice, list, items }
    }

    /// Handles what was sent and what comes of it, as a worker that has just started.
    async fn work(&self) {
        let visitor = Visitor::new(self.engine.clone(), self.shop.clone(), Politeness::default());
        loop {
            let messages = std::mem::take(&mut *self.outbox.messages.lock().unwrap());
            if messages.is_empty() {
                return;
            }
            for message in messages {
                // What fails comes again by the sweeper here.
                drop(handle(visitor.clone(), message).await);
            }
        }
    }

    /// Works until the process dies at the call behind `calls` others, or there is no more to do. Answers whether it died.
    async fn work_until_death(&self, calls: usize, death: Fate) -> bool {
        self.fates.strike_after(calls, death);
        let died = tokio::select! {
            () = in_time(self.work()) => false,
            () = self.fates.death() => true,
        };
        self.fates.be_calm();
        died
    }

    /// Lets time go by with a worker and a sweeper. What was in the hands of who died is lost.
    async fn recover(&self) {
        self.outbox.messages.lock().unwrap().clear();
        for _ in 0..4 {
            self.clock.advance(Duration::from_mins(6));
            sweep(&self.engine).await.unwrap();
            self.work().await;
        }
    }

    async fn records(&self, pk: &str) -> Vec<Record> {
        query_all(self.engine.table(), Query::prefix(pk.to_owned(), "")).await.unwrap()
    }

    /// All items are filled, the page's price was seen once, and nobody is at anything any more.
    async fn is_finished(&self, when: &str) {
        for id in &self.items {
            let item = self.engine.find_item(&self.alice, self.list, *id).await.unwrap();
            let amount = item.price().map(Money::amount);
            assert_eq!((item.status, amount.as_deref()), (ItemStatus::Ready, Some("19.99")), "{when}");
            assert_eq!(item.prices.ranges.last().unwrap().lowest.price.amount(), "19.99", "{when}");
        }
        assert_eq!(self.engine.find_wishlist(&self.alice, self.list).await.unwrap().item_count, 3, "{when}");
        let digest = PageDigest::from(&KETTLE.parse::<PageUrl>().unwrap());
        let of_page = self.records(&keys::page(&digest).pk).await;
        let prices: Vec<_> = of_page.iter().filter(|record| record.key.sk.starts_with(keys::prefix::PRICE)).collect();
        assert_eq!(prices.len(), 1, "{when}");
        let seen = Stored::<PriceSeen>::read(prices[0]).unwrap().value.observation;
        assert_eq!(seen.price.map(Money::amount).as_deref(), Some("19.99"), "{when}");
        assert_eq!(self.engine.find_page(&digest).await.unwrap().unwrap().value.lease, None, "{when}");
        let later = Timestamp::from_millis(BEGIN) + Duration::from_hours(24 * 365);
        for shard in 0..keys::DUE_SHARDS {
            let due = query_all(self.engine.table(), Query::due(shard, later)).await.unwrap();
            assert!(due.iter().all(|record| !record.key.pk.starts_with("JOB#")), "{when}: a job is left");
        }
    }
}

#[tokio::test]
async fn a_worker_that_dies_at_any_call_is_made_up_for() {
    for death in [Fate::DiesBefore, Fate::DiesAfter] {
        for calls in 0.. {
            let world = World::open().await;
            let died = world.work_until_death(calls, death).await;
            world.recover().await;
            let when = format!("{death:?}, {calls}");
            world.is_finished(&when).await;
            assert!(*world.shop.visits.lock().unwrap() <= 2, "{when}");
            if !died {
                assert!(calls > 8, "only {calls} calls were made");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_worker_in_a_storm_ends_where_one_in_fair_weather_does() {
    let mut met = BTreeSet::new();
    for seed in 0..8 {
        let world = World::open().await;
        world.fates.storm(seed);
        in_time(world.work()).await;
        world.fates.be_calm();
        world.recover().await;
        world.is_finished(&format!("seed {seed}")).await;
        assert!(*world.shop.visits.lock().unwrap() <= 4, "seed {seed}");
        met.extend(world.fates.met());
    }
    assert_eq!(met, [Fate::Arrives, Fate::IsLost, Fate::LosesItsReply, Fate::IsThrottled].into());
}
