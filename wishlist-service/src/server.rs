//! Everything of one process: the API, the worker and the sweeper over one table.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use wishlist_api::{Api, HttpRules, Waiting, router_with};
use wishlist_core::clock::{Clock, Random, SystemClock, SystemRandom};
use wishlist_core::operations::Engine;
use wishlist_core::queue::Queue;
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_identity::LocalProvider;
use wishlist_identity::local::{HashingCost, LocalSettings};
use wishlist_scraper::{
    Fetcher, Inbox, LocalQueue, Politeness, Previewer, Scraper, Visitor, resume, sweep_every, work,
};

use crate::confirming::Confirming;
use crate::fetching;
use crate::http::{self, Limits};
use crate::observe::{DataFile, MeasuredTable, Observed, Sampled};
use crate::pulse::Pulse;
use crate::standing::{Accounts, Messages, People, Records, Standing, Work};
use crate::telemetry;

/// How often the sweeper looks: sixteen queries of an index, some hundred microseconds on one file.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// How often expired records are removed for good.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// How long requests and visits under way may go on after the stop: containers are killed after ten seconds.
const LAST_WORK: Duration = Duration::from_secs(8);

/// What a server is made of.
pub(crate) struct Parts {
    pub(crate) listener: TcpListener,
    pub(crate) standing: Standing,
    pub(crate) fetcher: Fetcher,
    pub(crate) politeness: Politeness,
    pub(crate) visits_at_once: usize,
    pub(crate) refresh_every: Option<Duration>,
    /// How many visits one caller may ask for in an hour; 0 for any number.
    pub(crate) visits_per_hour: u32,
    pub(crate) rules: HttpRules,
    pub(crate) limits: Limits,
    /// Where operators look, if anywhere.
    pub(crate) observed: Option<Observed>,
}

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    engine: Engine,
}

impl Server {
    pub(crate) async fn start(parts: Parts) -> Result<Self> {
        let address = parts.listener.local_addr()?;
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let Standing { records, messages, people } = parts.standing;
        let (table, file) = opened(records, parts.observed.is_some());
        let (queue, work) = started(messages, parts.visits_at_once);
        let engine = Engine::new(Arc::clone(&table), queue, Arc::clone(&clock), Arc::clone(&random));
        let people = match people {
            People::Local(confirming) => accounts_here(&engine, table.clone(), clock, random, confirming).await?,
            People::Elsewhere(people) => people,
        };
        let engine = engine.with_identities(people.identities);
        let engine = fetching::charged(engine, parts.visits_per_hour);
        let scraper = Arc::new(Scraper::new(parts.fetcher));
        let visitor =
            Visitor::new(engine.clone(), scraper.clone(), parts.politeness).with_refresh_every(parts.refresh_every);
        let preview = Arc::new(Previewer::new(engine.clone(), scraper, parts.politeness));
        let engine = engine.with_preview(preview);
        let api = Api { engine: engine.clone(), provider: people.provider, verifier: people.verifier };
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let pulse = Arc::new(Pulse::default());
        let rules = HttpRules { waiting: Some(Arc::clone(&pulse) as Arc<dyn Waiting>), ..parts.rules };
        let service = telemetry::joined(router_with(api, &rules));
        let (table_here, stop_feeling) = (file.as_ref().map(|file| Arc::clone(&file.table)), stop_of(stopped.clone()));
        tasks.spawn(async move {
            tokio::select! { () = stop_feeling => {}, () = pulse.feel(table_here) => {} }
        });
        let cramped = Arc::new(Notify::new());
        tasks.spawn(cut_waits(engine.clone(), Arc::clone(&cramped), stop_of(stopped.clone())));
        tasks.spawn(http::serve(parts.listener, service, parts.limits, cramped, stop_of(stopped.clone())));
        if let Some(observed) = parts.observed {
            let shown = Sampled { table, file: file.clone(), queue: work.local_queue() };
            tasks.spawn(observed.serve(shown, stop_of(stopped.clone())));
        }
        spawn_background(&mut tasks, file, visitor, work, &stopped);
        Ok(Self { address, stop, tasks, engine })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more work, lets what is under way finish, and closes the file.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        self.engine.end_waits();
        let finish = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_WORK, finish).await.is_err() {
            tracing::warn!("requests were under way for too long and are cut off");
        }
    }
}

/// Binds the address, or says what to do.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on `{address}`; stop the program that does, or name another address with `--listen`")
    })
}

/// The table, timed where somebody observes, and its file where it has one on this machine.
fn opened(records: Records, is_observed: bool) -> (Arc<dyn Table>, Option<DataFile>) {
    let (table, file): (Arc<dyn Table>, _) = match records {
        Records::InFile(table, path) => {
            let table = Arc::new(table);
            (table.clone(), Some(DataFile { table, path }))
        }
        Records::Elsewhere(table) => (table, None),
    };
    if is_observed { (Arc::new(MeasuredTable::over(table)), file) } else { (table, file) }
}

/// What does background work.
enum Worker {
    Local(LocalQueue, Inbox, usize),
    Elsewhere(Work),
}

impl Worker {
    fn local_queue(&self) -> Option<LocalQueue> {
        match self {
            Self::Local(queue, ..) => Some(queue.clone()),
            Self::Elsewhere(_) => None,
        }
    }
}

fn started(messages: Messages, at_once: usize) -> (Arc<dyn Queue>, Worker) {
    match messages {
        Messages::Local => {
            let (queue, inbox) = LocalQueue::new();
            (Arc::new(queue.clone()), Worker::Local(queue, inbox, at_once))
        }
        Messages::Elsewhere(queue, work) => (queue, Worker::Elsewhere(work)),
    }
}

/// The local provider over the engine's own table.
async fn accounts_here(
    engine: &Engine,
    table: Arc<dyn Table>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    confirming: Confirming,
) -> Result<Accounts> {
    // One name for all processes over a table, whatever address each listens on: they take each other's tokens.
    let settings = LocalSettings {
        issuer: "smart-wishlist".to_owned(),
        client_id: "smart-wishlist".to_owned(),
        hashing: HashingCost::OWASP,
        confirmation: confirming.confirmation,
        key_life: LocalSettings::KEY_LIFE,
    };
    let ids = engine.ids().clone();
    let provider = Arc::new(LocalProvider::open(table, clock, ids, random, confirming.mailer, settings).await?);
    let verifier = Arc::new(provider.verifier());
    Ok(Accounts { provider: provider.clone(), identities: provider, verifier })
}

fn spawn_background(
    tasks: &mut JoinSet<()>,
    file: Option<DataFile>,
    visitor: Visitor,
    worker: Worker,
    stopped: &watch::Receiver<bool>,
) {
    let (engine, stop_sweeping) = (visitor.engine().clone(), stop_of(stopped.clone()));
    // A queue in memory has forgotten what it held.
    let forgot = matches!(worker, Worker::Local(..));
    match worker {
        Worker::Local(_, inbox, at_once) => drop(tasks.spawn(work(visitor, inbox, at_once, stop_of(stopped.clone())))),
        Worker::Elsewhere(Work(work)) => drop(tasks.spawn(work(visitor, Box::pin(stop_of(stopped.clone()))))),
    }
    tasks.spawn(async move {
        if forgot && let Err(error) = resume(&engine).await {
            tracing::error!(causes = error.chain(), "what was pending could not be taken up");
        }
        sweep_every(&engine, SWEEP_EVERY, stop_sweeping).await;
    });
    // Where the records are elsewhere, the expired are removed there.
    if let Some(DataFile { table, .. }) = file {
        let stop_purging = stop_of(stopped.clone());
        tasks.spawn(async move {
            tokio::select! { () = stop_purging => {}, () = purge(&table) => {} }
        });
    }
}

async fn purge(file: &EmbeddedTable) {
    loop {
        tokio::time::sleep(PURGE_EVERY).await;
        loop {
            match file.purge_expired().await {
                Ok(0) => break,
                Ok(records) => {
                    metrics::counter!("wishlist_purged_records_total").increment(records as u64);
                    tracing::info!(records, "purge");
                }
                Err(error) => {
                    tracing::error!(causes = error.chain(), "purge");
                    break;
                }
            }
        }
    }
}

/// Answers those who wait for a visit where others wait for a connection: somebody who makes as many such calls as there are connections
/// would keep everybody out.
async fn cut_waits(engine: Engine, cramped: Arc<Notify>, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = cramped.notified() => engine.cut_waits(),
        }
    }
}

async fn stop_of(mut stopped: watch::Receiver<bool>) {
    // An error says that the sender is gone, which is a stop too.
    drop(stopped.wait_for(|stopped| *stopped).await);
}
