//! An engine over a table in memory, its clock, and two people.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use crate::clock::{ManualClock, SeededRandom, Timestamp};
use crate::error::{Error, Kind, Result};
use crate::ids::{ItemId, JobId, WishlistId};
use crate::model::{ItemDraft, PageUrl, Viewer, Watcher, Wishlist, WishlistDraft};
use crate::operations::{Engine, ItemFilter, JobProgress, StateFilter};
use crate::queue::{Message, Queue};
use crate::table::keys::PageDigest;
use crate::table::{Change, EmbeddedTable, Key, Page, Query, Record, Stored, Table, keys, query_all};

/// Keeps what was sent.
#[derive(Debug, Default)]
pub(super) struct Outbox(pub(super) Mutex<Vec<Message>>);

#[async_trait]
impl Queue for Outbox {
    async fn send(&self, message: Message, _: Duration) -> Result<()> {
        self.0.lock().unwrap().push(message);
        Ok(())
    }
}

pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) clock: Arc<ManualClock>,
    pub(super) table: Arc<dyn Table>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) alice: Viewer,
    pub(super) bob: Viewer,
}

impl World {
    /// Over a table of its own: in memory, or in the emulator of DynamoDB where there is one.
    pub(super) async fn new() -> Self {
        let clock = clock();
        let table = emulated(&clock).await.unwrap_or_else(|| in_memory(&clock));
        Self::over(table, clock)
    }

    /// Over a table in memory, wherever the others are.
    pub(super) fn in_memory() -> Self {
        let clock = clock();
        Self::over(in_memory(&clock), clock)
    }

    fn over(table: Arc<dyn Table>, clock: Arc<ManualClock>) -> Self {
        let outbox = Arc::new(Outbox::default());
        let engine = Engine::new(table.clone(), outbox.clone(), clock.clone(), Arc::new(SeededRandom::new(1)));
        let viewer = |name: &str| Viewer { user: name.parse().unwrap() };
        Self { engine, clock, table, outbox, alice: viewer("alice"), bob: viewer("bob") }
    }

    pub(super) async fn list(&self) -> Wishlist {
        self.engine.create_wishlist(&self.alice, &named("Birthday"), None).await.unwrap()
    }

    pub(super) fn sent(&self) -> Vec<Message> {
        std::mem::take(&mut self.outbox.0.lock().unwrap())
    }

    pub(super) fn job(&self) -> JobId {
        let job = |message| match message {
            Message::Job { job_id } => Some(job_id),
            Message::Visit { .. } | Message::Page { .. } => None,
        };
        let jobs: Vec<_> = self.sent().into_iter().filter_map(job).collect();
        assert_eq!(jobs.len(), 1);
        jobs[0]
    }

    /// The engine over a table of which the `nth` commit from now on fails.
    pub(super) fn failing(&self, nth: usize, moment: Moment) -> Engine {
        let table = Failing { table: self.table.clone(), left: AtomicUsize::new(nth), moment };
        Engine::new(Arc::new(table), self.outbox.clone(), self.clock.clone(), Arc::new(SeededRandom::new(2)))
    }

    /// The titles of a list in the order of `filter`.
    pub(super) async fn titles(&self, list: WishlistId, filter: ItemFilter) -> Vec<String> {
        let page = self.engine.list_items(&self.alice, list, filter, None, 1000).await.unwrap();
        page.items.iter().map(|item| item.title().unwrap_or_default().to_owned()).collect()
    }

    /// Adds items with these titles, one after the other.
    pub(super) async fn add_all(&self, list: WishlistId, titles: &[&str]) -> Vec<ItemId> {
        let mut ids = Vec::new();
        for title in titles {
            ids.push(self.engine.add_item(&self.alice, list, &titled(title), None).await.unwrap().item.id);
        }
        ids
    }

    /// Runs the one job that was sent until it is done.
    pub(super) async fn finish_job(&self) {
        let job = self.job();
        while self.engine.run_job(job, 10).await.unwrap() == JobProgress::More {}
    }

    /// Holds a list's counts against its items, and each item with a link against its watcher.
    pub(super) async fn check_list(&self, list: WishlistId) {
        let wishlist = self.engine.find_wishlist(&self.alice, list).await.unwrap();
        let all = ItemFilter { state: StateFilter::All, ..ItemFilter::default() };
        let active = self.engine.list_items(&self.alice, list, ItemFilter::default(), None, 1000).await.unwrap().items;
        let items = self.engine.list_items(&self.alice, list, all, None, 1000).await.unwrap().items;
        assert_eq!((wishlist.item_count as usize, wishlist.total_count() as usize), (active.len(), items.len()));
        for item in items {
            if let Some(url) = &item.url {
                let watcher = keys::watcher(&PageDigest::from(url), list, item.id);
                assert!(Stored::<Watcher>::find(&*self.table, watcher).await.unwrap().is_some(), "{}", item.id);
            }
        }
    }

    /// How many watch a page.
    pub(super) async fn watchers(&self, url: &str) -> usize {
        let pk = keys::page(&PageDigest::from(&url.parse::<PageUrl>().unwrap())).pk;
        query_all(&*self.table, Query::prefix(pk, keys::prefix::WATCH)).await.unwrap().len()
    }

    pub(super) async fn left_in(&self, list: WishlistId) -> Vec<String> {
        let records = query_all(&*self.table, Query::prefix(keys::wishlist(list).pk, "")).await.unwrap();
        records.into_iter().map(|record| record.key.sk).collect()
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)))
}

fn in_memory(clock: &Arc<ManualClock>) -> Arc<dyn Table> {
    Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap())
}

/// A table in the emulator, where there is one.
#[cfg(feature = "dynamodb")]
async fn emulated(clock: &Arc<ManualClock>) -> Option<Arc<dyn Table>> {
    let emulator = crate::table::dynamodb::tests::Emulator::find()?;
    Some(Arc::new(emulator.table(clock).await))
}

#[cfg(feature = "dynamodb")]
fn is_emulated() -> bool {
    crate::table::dynamodb::tests::Emulator::find().is_some()
}

#[cfg(not(feature = "dynamodb"))]
fn is_emulated() -> bool {
    false
}

#[cfg(not(feature = "dynamodb"))]
fn emulated(_: &Arc<ManualClock>) -> std::future::Ready<Option<Arc<dyn Table>>> {
    std::future::ready(None)
}

pub(super) fn named(name: &str) -> WishlistDraft {
    WishlistDraft { name: name.to_owned(), ..WishlistDraft::default() }
}

pub(super) fn linked(url: &str) -> ItemDraft {
    ItemDraft { url: Some(url.to_owned()), ..ItemDraft::default() }
}

pub(super) fn titled(title: &str) -> ItemDraft {
    ItemDraft { title: Some(title.to_owned()), ..ItemDraft::default() }
}

pub(super) fn kind<T: std::fmt::Debug>(outcome: Result<T>) -> Kind {
    outcome.unwrap_err().kind()
}

/// At which commits a test cuts off: at each, or over an emulator, which takes a thousand times as long, at every third.
pub(super) fn cuts(commits: std::ops::Range<usize>) -> std::iter::StepBy<std::ops::Range<usize>> {
    commits.step_by(if is_emulated() { 3 } else { 1 })
}

/// When a commit fails: with nothing done, or with its effect there and only the reply lost; or it never ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Before,
    After,
    Never,
}

/// A table of which one commit fails.
#[derive(Debug)]
struct Failing {
    table: Arc<dyn Table>,
    left: AtomicUsize,
    moment: Moment,
}

#[async_trait]
impl Table for Failing {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.table.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.table.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let fails = self.left.fetch_sub(1, Ordering::SeqCst) == 0;
        if fails && self.moment == Moment::Never {
            return std::future::pending().await;
        }
        if !fails || self.moment == Moment::After {
            self.table.commit(changes).await?;
        }
        if fails { Err(Error::new(Kind::Unavailable, "the table does not answer")) } else { Ok(()) }
    }
}
