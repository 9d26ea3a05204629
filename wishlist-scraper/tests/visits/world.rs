//! A list with its links, pages that answer as a script says, and what is left of it all in the table.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use wishlist_core::clock::{ManualClock, SeededRandom, Timestamp};
use wishlist_core::ids::{ItemId, JobId, WishlistId};
use wishlist_core::model::{FailureCode, Item, ItemDraft, Money, PageUrl, Product, Viewer, VisitedPage, WishlistDraft};
use wishlist_core::operations::{Engine, PriceSeen};
use wishlist_core::queue::{Message, Queue};
use wishlist_core::table::keys::{self, PageDigest};
use wishlist_core::table::{Change, EmbeddedTable, Key, Page, Query, Record, Stored, Table, query_all};
use wishlist_scraper::{Outcome, Politeness, Scrape, Scraped, Visited, Visitor, handle, sweep};

/// Messages with their delays, as they were sent.
#[derive(Debug, Default)]
pub(crate) struct Outbox(pub(crate) Mutex<Vec<(Message, Duration)>>);

#[async_trait]
impl Queue for Outbox {
    async fn send(&self, message: Message, delay: Duration) -> wishlist_core::Result<()> {
        self.0.lock().unwrap().push((message, delay));
        Ok(())
    }
}

/// Answers visits in order; a visit without an answer left waits until it is told to go on.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) outcomes: Mutex<VecDeque<Outcome>>,
    pub(crate) visits: Mutex<Vec<String>>,
    arrived: Semaphore,
    go_on: Semaphore,
}

impl Pages {
    pub(crate) fn new(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let outcomes = Mutex::new(outcomes.into_iter().collect());
        Self { outcomes, visits: Mutex::default(), arrived: Semaphore::new(0), go_on: Semaphore::new(0) }
    }

    /// Waits until a visit waits for its page.
    pub(crate) async fn arrived(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }

    pub(crate) fn go_on(&self) {
        self.go_on.add_permits(1);
    }
}

#[async_trait]
impl Scrape for Pages {
    async fn scrape(&self, url: &PageUrl) -> Scraped {
        self.visits.lock().unwrap().push(url.to_string());
        let next = self.outcomes.lock().unwrap().pop_front();
        if let Some(outcome) = next {
            return outcome.into();
        }
        self.arrived.add_permits(1);
        self.go_on.acquire().await.unwrap().forget();
        kettle().into()
    }
}

/// A table at which a process may die: the call at which it does never comes back.
#[derive(Debug)]
pub(crate) struct MortalTable {
    inner: EmbeddedTable,
    /// Calls until the death, where there is to be one.
    calls_left: Mutex<Option<usize>>,
    death: Mutex<Death>,
    pub(crate) died: Semaphore,
    /// Entries of the index of what is due that were written: one that moves is removed and put.
    index_writes: AtomicUsize,
    gate: Mutex<Option<(usize, Arc<Gate>)>>,
}

/// A place between two calls at which a process can be held up.
#[derive(Debug)]
pub(crate) struct Gate {
    reached: Semaphore,
    passed_by: Semaphore,
    open: Semaphore,
}

impl Gate {
    /// Waits until the process is there; `false` where it passed by.
    pub(crate) async fn reached(&self) -> bool {
        tokio::select! {
            biased;
            permit = self.reached.acquire() => { permit.unwrap().forget(); true }
            permit = self.passed_by.acquire() => { permit.unwrap().forget(); false }
        }
    }

    /// Says that the process will not come any more.
    pub(crate) fn pass_by(&self) {
        self.passed_by.add_permits(1);
    }

    /// Lets the process go on.
    pub(crate) fn open(&self) {
        self.open.add_permits(1);
    }
}

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Before the call has had its effect.
    Before,
    /// After it, and before the answer.
    After,
}

impl MortalTable {
    /// Lets the process die at the call behind `calls` others.
    pub(crate) fn die_after(&self, calls: usize, death: Death) {
        (*self.calls_left.lock().unwrap(), *self.death.lock().unwrap()) = (Some(calls), death);
    }

    /// Holds the process up before the call behind `calls` others.
    pub(crate) fn stop_at(&self, calls: usize) -> Arc<Gate> {
        let gate = Arc::new(Gate { reached: Semaphore::new(0), passed_by: Semaphore::new(0), open: Semaphore::new(0) });
        *self.gate.lock().unwrap() = Some((calls, gate.clone()));
        gate
    }

    fn gate_here(&self) -> Option<Arc<Gate>> {
        let mut gate = self.gate.lock().unwrap();
        match gate.take() {
            Some((0, here)) => Some(here),
            Some((calls, later)) => {
                *gate = Some((calls - 1, later));
                None
            }
            None => None,
        }
    }

    /// How many entries of the index were written since the last look.
    pub(crate) fn index_writes(&self) -> usize {
        self.index_writes.swap(0, Ordering::Relaxed)
    }

    async fn count_index_writes(&self, changes: &[Change]) {
        let keys: Vec<_> = changes.iter().map(|change| change.key().clone()).collect();
        let before = self.inner.get(&keys).await.unwrap();
        for (change, before) in changes.iter().zip(before) {
            let before = before.and_then(|record| record.due);
            let after = match change {
                Change::Put(record, _) => record.due.clone(),
                Change::Delete(..) => None,
                Change::Check(..) => before.clone(),
            };
            if before != after {
                let entries = usize::from(before.is_some()) + usize::from(after.is_some());
                self.index_writes.fetch_add(entries, Ordering::Relaxed);
            }
        }
    }

    /// A new process, that does not die.
    pub(crate) fn live_again(&self) {
        *self.calls_left.lock().unwrap() = None;
    }

    fn dies_now(&self) -> Option<Death> {
        let mut left = self.calls_left.lock().unwrap();
        let dies = *left == Some(0);
        *left = left.and_then(|left| left.checked_sub(1));
        dies.then(|| *self.death.lock().unwrap())
    }

    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        if let Some(gate) = self.gate_here() {
            gate.reached.add_permits(1);
            gate.open.acquire().await.unwrap().forget();
        }
        let death = self.dies_now();
        if death != Some(Death::Before) {
            let answer = call.await;
            if death.is_none() {
                return answer;
            }
        }
        self.died.add_permits(1);
        std::future::pending().await
    }
}

#[async_trait]
impl Table for MortalTable {
    async fn get(&self, keys: &[Key]) -> wishlist_core::Result<Vec<Option<Record>>> {
        self.call(self.inner.get(keys)).await
    }

    async fn query(&self, query: &Query) -> wishlist_core::Result<Page<Record>> {
        self.call(self.inner.query(query)).await
    }

    async fn commit(&self, changes: Vec<Change>) -> wishlist_core::Result<()> {
        self.call(async {
            self.count_index_writes(&changes).await;
            self.inner.commit(changes).await
        })
        .await
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) visitor: Visitor,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) pages: Arc<Pages>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) table: Arc<MortalTable>,
    pub(crate) alice: Viewer,
    pub(crate) list: WishlistId,
}

impl World {
    pub(crate) async fn new(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(BEGIN)));
        let table = Arc::new(MortalTable {
            inner: EmbeddedTable::in_memory(clock.clone()).unwrap(),
            calls_left: Mutex::new(None),
            death: Mutex::new(Death::Before),
            died: Semaphore::new(0),
            index_writes: AtomicUsize::new(0),
            gate: Mutex::new(None),
        });
        let (outbox, pages) = (Arc::new(Outbox::default()), Arc::new(Pages::new(outcomes)));
        let engine = Engine::new(table.clone(), outbox.clone(), clock.clone(), Arc::new(SeededRandom::new(1)));
        let visitor = Visitor::new(engine.clone(), pages.clone(), Politeness::default());
        let alice = Viewer { user: "alice".parse().unwrap() };
        let draft = WishlistDraft { name: "Birthday".to_owned(), ..WishlistDraft::default() };
        let list = engine.create_wishlist(&alice, &draft, None).await.unwrap().id;
        Self { engine, visitor, clock, pages, outbox, table, alice, list }
    }

    pub(crate) async fn add(&self, url: &str) -> ItemId {
        let draft = ItemDraft { url: Some(url.to_owned()), ..ItemDraft::default() };
        self.engine.add_item(&self.alice, self.list, &draft, None).await.unwrap().item.id
    }

    pub(crate) async fn visit(&self, item: ItemId) -> Visited {
        self.visitor.visit(self.list, item).await.unwrap()
    }

    pub(crate) async fn item(&self, item: ItemId) -> Item {
        self.engine.find_item(&self.alice, self.list, item).await.unwrap()
    }

    pub(crate) fn visits(&self) -> usize {
        self.pages.visits.lock().unwrap().len()
    }

    /// Another list of the same person.
    pub(crate) async fn another_list(&self) -> WishlistId {
        let draft = WishlistDraft { name: "Christmas".to_owned(), ..WishlistDraft::default() };
        self.engine.create_wishlist(&self.alice, &draft, None).await.unwrap().id
    }

    /// So many items of the kettle's page, each of them filled.
    pub(crate) async fn add_filled(&self, list: WishlistId, count: usize) -> Vec<ItemId> {
        let draft = ItemDraft { url: Some(KETTLE.to_owned()), ..ItemDraft::default() };
        let mut items = Vec::new();
        for batch in vec![draft; count].chunks(100) {
            for added in self.engine.add_items(&self.alice, list, batch, None).await.unwrap() {
                let id = added.unwrap().item.id;
                self.visitor.visit(list, id).await.unwrap();
                items.push(id);
            }
        }
        self.messages();
        items
    }

    /// What became of a message for the kettle's page.
    pub(crate) async fn refresh(&self) -> Visited {
        self.visitor.refresh(&digest()).await.unwrap().1
    }

    /// The record of the kettle's page.
    pub(crate) async fn page(&self) -> VisitedPage {
        self.engine.find_page(&digest()).await.unwrap().unwrap().value
    }

    /// The kettle's prices as they were seen: amount, seconds since the test began.
    pub(crate) async fn history(&self) -> Vec<(Option<String>, i64)> {
        let query = Query::prefix(keys::page(&digest()).pk, keys::prefix::PRICE);
        let records = query_all(&*self.table, query).await.unwrap();
        let seen = records.iter().map(|record| Stored::<PriceSeen>::read(record).unwrap().value.observation);
        seen.map(|seen| (seen.price.map(Money::amount), (seen.seen_at.as_millis() - BEGIN) / 1000)).collect()
    }

    /// Every key that is left of the kettle's page.
    pub(crate) async fn left_of_page(&self) -> Vec<String> {
        let records = query_all(&*self.table, Query::prefix(keys::page(&digest()).pk, "")).await.unwrap();
        records.into_iter().map(|record| record.key.sk).collect()
    }

    /// Takes what was sent to be done at once.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let sent = std::mem::take(&mut *self.outbox.0.lock().unwrap());
        sent.into_iter().filter(|(_, delay)| delay.is_zero()).map(|(message, _)| message).collect()
    }

    /// Takes the one job that was sent.
    pub(crate) fn job(&self) -> JobId {
        let job = |message| match message {
            Message::Job { job_id } => Some(job_id),
            Message::Visit { .. } | Message::Page { .. } => None,
        };
        let jobs: Vec<_> = self.messages().into_iter().filter_map(job).collect();
        let [job] = jobs[..] else { panic!("{jobs:?}") };
        job
    }

    /// Does all that was sent to be done at once, and what comes of it.
    pub(crate) async fn work(&self) {
        loop {
            let messages = self.messages();
            if messages.is_empty() {
                return;
            }
            for message in messages {
                drop(handle(self.visitor.clone(), message).await);
            }
        }
    }

    /// Lets an hour go by with a worker and a sweeper.
    pub(crate) async fn an_hour(&self) {
        for _ in 0..10 {
            self.work().await;
            self.clock.advance(Duration::from_mins(6));
            sweep(&self.engine).await.unwrap();
        }
        self.work().await;
    }

    /// Moves the clock to when the page is due, and sweeps.
    pub(crate) async fn until_page_is_due(&self) {
        self.clock.set(self.page().await.refresh.unwrap().due + Duration::from_millis(1));
        sweep(&self.engine).await.unwrap();
    }

    /// The delay of the last message.
    pub(crate) fn last_delay(&self) -> Duration {
        self.outbox.0.lock().unwrap().last().unwrap().1
    }
}

/// When every test begins, in milliseconds.
pub(crate) const BEGIN: i64 = 1_795_368_000_000;

pub(crate) const KETTLE: &str = "https://shop.example/kettle";

pub(crate) fn product() -> Product {
    let price = Money::new("19.99", "EUR".parse().unwrap()).ok();
    Product { title: Some("Kettle".to_owned()), price, ..Product::default() }
}

pub(crate) fn kettle() -> Outcome {
    Outcome::Facts(Box::new(product()))
}

pub(crate) fn down() -> Outcome {
    Outcome::Retry(FailureCode::Unreachable, None)
}

pub(crate) fn digest() -> PageDigest {
    PageDigest::from(&KETTLE.parse::<PageUrl>().unwrap())
}

/// The kettle at another price.
pub(crate) fn kettle_at(amount: &str) -> Outcome {
    let price = Money::new(amount, "EUR".parse().unwrap()).ok();
    Outcome::Facts(Box::new(Product { price, ..product() }))
}

pub(crate) fn gone() -> Outcome {
    Outcome::Failed(FailureCode::Gone, Box::default())
}

/// An item's price as it is shown.
pub(crate) fn amount(item: &Item) -> Option<String> {
    item.price().map(Money::amount)
}
