//! What is there before the calls are made: a list of so many items, and a person of so many lists.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::measure::Sizes;
use crate::clock::{Clock, ManualClock, SeededRandom};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, WishlistId};
use crate::model::{
    Availability, Item, ItemDraft, Money, MoneyDraft, Observation, PageKind, PageUrl, Product, Viewer, VisitedPage,
    WishlistDraft,
};
use crate::operations::{Engine, JobProgress, Preview, Previewed, PriceSeen};
use crate::queue::{Message, Queue};
use crate::table::cost::item_bytes;
use crate::table::keys::{self, PageDigest};
use crate::table::{Key, MAX_CHANGES, Query, Stored, Table, Transaction, query_all};

/// Visits that one caller may ask for in an hour, as the program counts them unless told otherwise.
const VISITS_PER_HOUR: u32 = 1000;

/// The items of one call to add some.
const BATCH: usize = 100;

/// What one page was seen to say, so many times.
const OBSERVATIONS: usize = 20;

/// The actors and what is theirs.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) engine: Engine,
    /// Owns the lists that are worked on.
    pub(super) alice: Viewer,
    /// Owns nothing but lists.
    pub(super) bob: Viewer,
    /// Was never here.
    pub(super) carol: Viewer,
    /// The list of so many items.
    pub(super) list: WishlistId,
    /// One without any.
    pub(super) other: WishlistId,
    pub(super) sizes: Sizes,
    items: Vec<ItemId>,
    outbox: Arc<Outbox>,
}

impl Stage {
    /// Sets the stage over `table`, whose clock is `clock`.
    pub(super) async fn set(table: Arc<dyn Table>, clock: &Arc<ManualClock>, size: usize) -> Result<Self> {
        let outbox = Arc::new(Outbox::default());
        let engine = Engine::new(table, outbox.clone(), clock.clone(), Arc::new(SeededRandom::new(1)));
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(viewer);
        let (alice, bob, carol) = (alice?, bob?, carol?);
        engine.register(&alice.user, "alice@example.com", Some("Alice")).await?;
        let list = engine.create_wishlist(&alice, &named("Birthday"), None).await?.id;
        let other = engine.create_wishlist(&alice, &named("Wedding"), None).await?.id;
        for number in 0..size {
            engine.create_wishlist(&bob, &named(&format!("List {number}")), None).await?;
        }
        let drafts: Vec<_> = (0..size).map(draft).collect();
        let mut items = Vec::new();
        for drafts in drafts.chunks(BATCH) {
            for added in engine.add_items(&alice, list, drafts, None).await? {
                items.push(added?.item.id);
            }
        }
        let engine = engine.with_visits_per_hour(VISITS_PER_HOUR).with_preview(Arc::new(Blank));
        let new_item = bytes(&engine, keys::item(list, items[0])).await?;
        let sizes = Sizes { new_item, item: 0, wishlist: bytes(&engine, keys::wishlist(list)).await? };
        let mut stage = Self { engine, alice, bob, carol, list, other, sizes, items, outbox };
        stage.visit(clock).await?;
        stage.sizes.item = bytes(&stage.engine, keys::item(list, stage.items[0])).await?;
        Ok(stage)
    }

    /// The URL of an item.
    pub(super) fn url(number: usize) -> String {
        format!("https://shop.example/products/{number:04}/a-kettle-of-stainless-steel")
    }

    pub(super) fn item(&self, number: usize) -> ItemId {
        self.items[number]
    }

    /// The messages that were sent since this was asked last.
    pub(super) fn sent(&self) -> usize {
        std::mem::take(&mut self.outbox.lock().count)
    }

    /// Runs the job that was put last, to its end.
    pub(super) async fn run_job(&self) -> Result<()> {
        let job = self.outbox.lock().last_job;
        let job = job.ok_or_else(|| Error::new(Kind::Internal, "there is no job to run"))?;
        while self.engine.run_job(job, 100).await? == JobProgress::More {}
        Ok(())
    }

    /// Fills all items, as visits do, and the history of the first one's page. Long enough ago for the next visit.
    async fn visit(&self, clock: &ManualClock) -> Result<()> {
        let range = Query::prefix(keys::wishlist(self.list).pk, keys::prefix::ITEM);
        let records = query_all(self.engine.table(), range).await?;
        for records in records.chunks(MAX_CHANGES) {
            let mut transaction = Transaction::new(self.engine.ids());
            for record in records {
                let Stored { mut value, revision } = Stored::<Item>::read(record)?;
                value.fill(product()?, None, clock.now(), clock.now());
                transaction.replace(revision, &value)?;
            }
            transaction.commit(self.engine.table()).await?;
        }
        let mut transaction = Transaction::new(self.engine.ids());
        let url: PageUrl = Self::url(0).parse()?;
        transaction.create(&VisitedPage::unvisited(url.clone(), clock.now()))?;
        for number in 0..OBSERVATIONS {
            clock.advance(Duration::from_hours(1));
            let (price, availability) = (Some(price(number)?), Some(Availability::InStock));
            let observation = Observation { price, availability, seen_at: clock.now() };
            transaction.create(&PriceSeen { page: PageDigest::from(&url), observation })?;
        }
        transaction.commit(self.engine.table()).await
    }
}

/// The bytes of one record.
async fn bytes(engine: &Engine, key: Key) -> Result<usize> {
    let found = engine.table().get(&[key]).await?;
    found[0].as_ref().map_or(Ok(0), item_bytes)
}

/// Counts what is sent.
#[derive(Debug, Default)]
struct Outbox(Mutex<Sent>);

#[derive(Debug, Default)]
struct Sent {
    count: usize,
    last_job: Option<crate::ids::JobId>,
}

impl Outbox {
    fn lock(&self) -> std::sync::MutexGuard<'_, Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Queue for Outbox {
    async fn send(&self, message: Message, _: Duration) -> Result<()> {
        let mut sent = self.lock();
        sent.count += 1;
        if let Message::Job { job_id } = message {
            sent.last_job = Some(job_id);
        }
        Ok(())
    }
}

/// Sees nothing: what a page says is not in the table.
#[derive(Debug)]
struct Blank;

#[async_trait]
impl Preview for Blank {
    async fn preview(&self, _: &PageUrl) -> Result<Previewed> {
        Ok(Previewed { kind: PageKind::Other, product: Product::default(), sources: BTreeMap::new() })
    }
}

fn viewer(name: &str) -> Result<Viewer> {
    Ok(Viewer { user: name.parse()? })
}

fn named(name: &str) -> WishlistDraft {
    WishlistDraft { name: name.to_owned(), ..WishlistDraft::default() }
}

/// What somebody types.
fn draft(number: usize) -> ItemDraft {
    ItemDraft {
        url: Some(Stage::url(number)),
        note: Some("The larger one, if they have it in blue".to_owned()),
        target_price: Some(MoneyDraft { amount: "29.90".to_owned(), currency: "EUR".to_owned() }),
        ..ItemDraft::default()
    }
}

fn price(number: usize) -> Result<Money> {
    Money::new(&format!("{}.90", 30 + number), "EUR".parse()?)
}

/// What an ordinary page says; with it an item is of about a kilobyte and a half.
fn product() -> Result<Product> {
    let picture = |number: usize| format!("https://images.shop.example/catalogue/kettle-stainless-steel-{number}.jpg");
    Ok(Product {
        title: Some("Kettle of stainless steel, 1.7 litres, with temperature control".to_owned()),
        price: Some(price(4)?),
        list_price: Some(price(15)?),
        image_url: Some(picture(0)),
        images: (0..4).map(picture).collect(),
        availability: Some(Availability::InStock),
        brand: Some("Example & Daughters".to_owned()),
        sku: Some("KT-1700-SS-TC".to_owned()),
        gtin: Some("4006381333931".to_owned()),
        description: Some("Boils 1.7 litres in four minutes and keeps them warm for half an hour. ".repeat(4)),
        ..Product::default()
    })
}
