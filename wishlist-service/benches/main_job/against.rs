//! The main paths of this program beside those of another one: an earlier one, to see whether a change has a price.
//!
//! Both run at the same time and are called in turns, so that whatever else the machine does meets both. What counts is the ratio.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};

use crate::latencies::Latencies;
use crate::open_loop::{self, Measured, interleaved};
use crate::person::Person;
use crate::report::Row;
use crate::server::Server;
use crate::shop::{Shop, Size};

/// What a change may cost on a main path.
const MOST: f64 = 1.05;

/// A list holds a thousand items at most.
const LISTS: usize = 8;

/// A path that is measured.
#[derive(Clone, Copy)]
enum Task {
    /// An item is added, with a link that is visited meanwhile.
    Add,
    /// Fifty items are listed.
    List,
}

/// One of the two, and the person who uses it.
struct Side {
    server: Server,
    person: Person,
    /// Lists that are added to in turn.
    lists: Vec<String>,
    /// A list of fifty items.
    fifty: String,
    products: Arc<AtomicUsize>,
}

type Call = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

impl Side {
    async fn open(program: &Path, directory: &Path, shop: Shop) -> Result<Self> {
        let server = Server::start_program(program, directory)?;
        let person = Person::sign_up(server.address()).await?;
        let mut lists = Vec::new();
        for _ in 0..LISTS {
            lists.push(person.create_wishlist().await?);
        }
        let fifty = person.create_wishlist().await?;
        person.add_items(&fifty, (0..50).map(|number| shop.url(Size::Ordinary, number))).await?;
        person.wait_until_ready(&fifty).await?;
        Ok(Self { server, person, lists, fifty, products: Arc::new(AtomicUsize::new(50)) })
    }

    /// The next call of a path.
    fn calling(&self, task: Task, shop: Shop) -> impl Fn() -> Call + Send + 'static {
        let (person, lists, fifty) = (self.person.clone(), self.lists.clone(), self.fifty.clone());
        let products = Arc::clone(&self.products);
        move || {
            let (person, number) = (person.clone(), products.fetch_add(1, Ordering::Relaxed));
            let (list, fifty) = (lists[number % LISTS].clone(), fifty.clone());
            match task {
                Task::Add => Box::pin(async move { person.add_item(&list, &shop.url(Size::Ordinary, number)).await }),
                Task::List => Box::pin(async move { person.list_items(&fifty).await }),
            }
        }
    }

    async fn rest(&self) -> Result<()> {
        for list in &self.lists {
            self.person.wait_until_ready(list).await?;
        }
        Ok(())
    }
}

/// The figures of both, and how many times as long this one takes.
pub(crate) async fn rows(other: &Path, directory: &Path, seconds: u16) -> Result<Vec<Row>> {
    let most = LISTS * 1000;
    ensure!(open_loop::calls(seconds) <= most, "more than {most} items do not fit into the lists");
    let shop = Shop::open()?;
    let ours = Side::open(Path::new(env!("CARGO_BIN_EXE_wishlist-service")), &directory.join("this"), shop).await?;
    let theirs = Side::open(other, &directory.join("other"), shop).await?;
    let mut rows = Vec::new();
    for (what, task) in [("add_item, pages visited meanwhile", Task::Add), ("list_items of 50", Task::List)] {
        let before = (ours.server.processor_time()?, theirs.server.processor_time()?);
        let next = ours.calling(task, shop);
        let Measured { probe, floor } = interleaved(seconds, move |_| next(), theirs.calling(task, shop)).await?;
        // What was begun for the calls is part of what they cost.
        ours.rest().await?;
        theirs.rest().await?;
        for percent in [50, 90] {
            rows.extend(pair(&format!("{what}, p{percent}"), time(&probe, percent)?, time(&floor, percent)?));
        }
        let spent = (ours.server.processor_time()? - before.0, theirs.server.processor_time()? - before.1);
        let calls = f64::from(u32::try_from(open_loop::calls(seconds))?);
        let each = |spent: f64| spent * 1e3 / calls;
        rows.extend(pair(&format!("{what}, processor time of a call"), each(spent.0), each(spent.1)));
    }
    Ok(rows)
}

fn time(of: &Latencies, percent: usize) -> Result<f64> {
    Ok(of.percentile(percent).context("there were no calls")?.as_secs_f64() * 1e3)
}

fn pair(what: &str, ours: f64, theirs: f64) -> [Row; 3] {
    [
        Row::of(format!("{what}, this program"), ours, "ms"),
        Row::of(format!("{what}, the other one"), theirs, "ms"),
        Row::of(format!("{what}, times the other one"), ours / theirs, "×").target(MOST),
    ]
}
