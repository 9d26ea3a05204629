//! The figures of one server that lives through all of them.

use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::open_loop::{self, Measured, interleaved};
use crate::person::{Person, client, health};
use crate::report::Row;
use crate::server::Server;
use crate::shop::{Shop, Size};

/// Lists that items are added to in turn; a list holds a thousand items at most.
const LISTS: usize = 8;

/// The items of a full list.
const FULL: usize = 1000;

/// What a server and its allocator need after the start to come to rest.
const REST: Duration = Duration::from_secs(1);

/// A server, the person who uses it, and the shop whose pages it visits.
pub(crate) struct Bench {
    seconds: u16,
    shop: Shop,
    server: Server,
    person: Person,
    /// The products added so far: every URL is new, so that every item is a visit of its own.
    products: usize,
    idle: u64,
}

impl Bench {
    pub(crate) async fn open(directory: &Path, seconds: u16) -> Result<Self> {
        let server = Server::start(directory)?;
        health(&client()?, server.address()).await?;
        tokio::time::sleep(REST).await;
        let idle = server.memory()?.resident;
        let person = Person::sign_up(server.address()).await?;
        Ok(Self { seconds, shop: Shop::open()?, server, person, products: 0, idle })
    }

    pub(crate) fn idle_memory(&self) -> Vec<Row> {
        vec![Row::megabytes("memory, idle after start", self.idle).target(40.0)]
    }

    /// Adds at a steady rate to several lists while the pages are visited.
    pub(crate) async fn add_item(&mut self) -> Result<Vec<Row>> {
        let (person, floor) = (self.person.clone(), self.floor());
        let mut lists = Vec::new();
        for _ in 0..LISTS {
            let list = person.create_wishlist().await?;
            // The first call to a list opens its connection and fills caches, which is another figure's business.
            person.add_item(&list, &self.next_url(Size::Ordinary)).await?;
            lists.push(list);
        }
        let urls: Vec<String> = (0..open_loop::calls(self.seconds)).map(|_| self.next_url(Size::Ordinary)).collect();
        let added_to = lists.clone();
        let adding = move |turn: usize| {
            let (person, list, url) = (person.clone(), added_to[turn % LISTS].clone(), urls[turn].clone());
            async move { person.add_item(&list, &url).await }
        };
        let measured = interleaved(self.seconds, adding, floor).await?;
        for list in &lists {
            self.person.wait_until_ready(list).await?;
        }
        let mut rows =
            rows(["add_item, fsync on, pages visited meanwhile", "the adds"], &measured, [Some(3.0), Some(30.0)])?;
        let memory = self.server.memory()?;
        rows.push(Row::megabytes("memory, after the adds", memory.resident));
        rows.push(Row::megabytes("memory, peak of the adds", memory.peak));
        Ok(rows)
    }

    /// Lists fifty items whose pages were visited.
    pub(crate) async fn list_items(&mut self) -> Result<Vec<Row>> {
        let (list, _) = self.filled(50, Size::Ordinary).await?;
        let (person, floor) = (self.person.clone(), self.floor());
        let listing = move |_| {
            let (person, list) = (person.clone(), list.clone());
            async move { person.list_items(&list).await }
        };
        rows(["list_items of 50", "the lists"], &interleaved(self.seconds, listing, floor).await?, [Some(1.0), None])
    }

    /// Lists the pages of a list that is full, one after the other and round again.
    pub(crate) async fn full_list(&mut self) -> Result<Vec<Row>> {
        let list = self.person.create_wishlist().await?;
        for hundred in 0..FULL / 100 {
            let titles = (0..100).map(|number| format!("Wish {}", hundred * 100 + number));
            self.person.add_titles(&list, titles).await?;
        }
        let pages = self.person.pages(&list).await?;
        ensure!(pages.len() == FULL / 50, "a full list has {} pages", pages.len());
        let (person, floor) = (self.person.clone(), self.floor());
        let before = self.server.memory()?;
        let listing = move |turn: usize| {
            let (person, list, page) = (person.clone(), list.clone(), pages[turn % pages.len()].clone());
            async move { person.list_page(&list, &page).await }
        };
        let measured = interleaved(self.seconds, listing, floor).await?;
        let mut rows = rows(["a page of 50 of 1,000", "those pages"], &measured, [Some(15.0), None])?;
        rows.push(Row::megabytes("memory, before those pages", before.resident));
        rows.push(Row::megabytes("memory, after those pages", self.server.memory()?.resident));
        Ok(rows)
    }

    pub(crate) async fn batch(&mut self) -> Result<Vec<Row>> {
        let (_, took) = self.filled(20, Size::Ordinary).await?;
        Ok(vec![Row::millis("twenty items of one batch, until all are ready", took).target(20_000.0)])
    }

    pub(crate) async fn large_pages(&mut self) -> Result<Vec<Row>> {
        self.server.forget_peak();
        let (_, took) = self.filled(100, Size::Large).await?;
        let memory = self.server.memory()?;
        Ok(vec![
            Row::millis("a hundred pages of 1 MB, until all are ready", took),
            Row::megabytes("memory, peak of a hundred pages of 1 MB", memory.peak).target(120.0),
            Row::megabytes("memory, after them", memory.resident),
        ])
    }

    /// A new list with so many items, and how long it took from adding them in one call until every page was visited.
    async fn filled(&mut self, items: usize, size: Size) -> Result<(String, Duration)> {
        let list = self.person.create_wishlist().await?;
        let urls: Vec<String> = (0..items).map(|_| self.next_url(size)).collect();
        let started = Instant::now();
        self.person.add_items(&list, urls.into_iter()).await?;
        self.person.wait_until_ready(&list).await?;
        Ok((list, started.elapsed()))
    }

    /// What a call costs that does nothing.
    fn floor(&self) -> impl Fn() -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + 'static {
        let person = self.person.clone();
        move || {
            let person = person.clone();
            Box::pin(async move { person.health().await })
        }
    }

    fn next_url(&mut self, size: Size) -> String {
        self.products += 1;
        self.shop.url(size, self.products)
    }
}

/// The percentiles of what was measured, with the targets of the first two, and those of its floor.
fn rows(
    [what, beside]: [&str; 2],
    Measured { probe, floor }: &Measured,
    targets: [Option<f64>; 2],
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (percent, target) in [50, 99, 100].into_iter().zip(targets.into_iter().chain([None])) {
        let row = Row::percentile(what, percent, probe, Some(floor))?;
        rows.push(match target {
            Some(most) => row.target(most),
            None => row,
        });
    }
    for percent in [50, 99] {
        rows.push(Row::percentile(&format!("GET /health beside {beside}"), percent, floor, None)?);
    }
    Ok(rows)
}
