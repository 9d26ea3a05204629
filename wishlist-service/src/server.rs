//! Everything of one process: the API, the worker and the sweeper over one table.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use wishlist_api::{Api, HttpRules, router_with};
use wishlist_core::clock::{Clock, Random, SystemClock, SystemRandom};
use wishlist_core::operations::{Engine, Identities};
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_identity::local::{HashingCost, LocalSettings};
use wishlist_identity::{LocalProvider, Provider};
use wishlist_scraper::{
    Fetcher, Inbox, LocalQueue, Politeness, Previewer, Scraper, Visitor, resume, sweep_every, work,
};

use crate::confirming::Confirming;
use crate::http::{self, Limits};
use crate::observe::{MeasuredTable, Observed};

/// How often the sweeper looks: sixteen queries of an index, some hundred microseconds on one file.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// How often expired records are removed for good.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// How long requests and visits under way may go on after the stop: containers are killed after ten seconds.
const LAST_WORK: Duration = Duration::from_secs(8);

/// What a server is made of.
pub(crate) struct Parts {
    pub(crate) listener: TcpListener,
    pub(crate) table: EmbeddedTable,
    pub(crate) fetcher: Fetcher,
    pub(crate) politeness: Politeness,
    pub(crate) visits_at_once: usize,
    pub(crate) refresh_every: Option<Duration>,
    /// How many visits one caller may ask for in an hour; 0 for any number.
    pub(crate) visits_per_hour: u32,
    pub(crate) confirming: Confirming,
    pub(crate) rules: HttpRules,
    pub(crate) limits: Limits,
    /// Where operators look, if anywhere.
    pub(crate) observed: Option<(Observed, PathBuf)>,
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
        let (queue, inbox) = LocalQueue::new();
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let file = Arc::new(parts.table);
        let table: Arc<dyn Table> = match &parts.observed {
            Some(_) => Arc::new(MeasuredTable::over(file.clone())),
            None => file.clone(),
        };
        let engine = Engine::new(Arc::clone(&table), Arc::new(queue.clone()), Arc::clone(&clock), Arc::clone(&random));
        // One name for all processes over a file, whatever address each listens on: they take each other's tokens.
        let settings = LocalSettings {
            issuer: "smart-wishlist".to_owned(),
            client_id: "smart-wishlist".to_owned(),
            hashing: HashingCost::OWASP,
            confirmation: parts.confirming.confirmation,
            key_life: LocalSettings::KEY_LIFE,
        };
        let (ids, mailer) = (engine.ids().clone(), parts.confirming.mailer);
        let provider = LocalProvider::open(table, clock, ids, random, mailer, settings).await?;
        let provider = Arc::new(provider);
        let verifier = Arc::new(provider.verifier());
        let engine = engine.with_identities(Arc::clone(&provider) as Arc<dyn Identities>);
        let engine = match parts.visits_per_hour {
            0 => engine,
            visits => engine.with_visits_per_hour(visits),
        };
        let scraper = Arc::new(Scraper::new(parts.fetcher));
        let visitor =
            Visitor::new(engine.clone(), scraper.clone(), parts.politeness).with_refresh_every(parts.refresh_every);
        let preview = Arc::new(Previewer::new(engine.clone(), scraper, parts.politeness));
        let engine = engine.with_preview(preview);
        let api = Api { engine: engine.clone(), provider: provider as Arc<dyn Provider>, verifier };
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let service = router_with(api, &parts.rules);
        tasks.spawn(http::serve(parts.listener, service, parts.limits, stop_of(stopped.clone())));
        if let Some((observed, place)) = parts.observed {
            tasks.spawn(observed.serve(Arc::clone(&file), place, queue, stop_of(stopped.clone())));
        }
        spawn_background(&mut tasks, file, visitor, inbox, parts.visits_at_once, &stopped);
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

fn spawn_background(
    tasks: &mut JoinSet<()>,
    file: Arc<EmbeddedTable>,
    visitor: Visitor,
    inbox: Inbox,
    at_once: usize,
    stopped: &watch::Receiver<bool>,
) {
    let (engine, stop_sweeping, stop_purging) =
        (visitor.engine().clone(), stop_of(stopped.clone()), stop_of(stopped.clone()));
    tasks.spawn(work(visitor, inbox, at_once, stop_of(stopped.clone())));
    tasks.spawn(async move {
        if let Err(error) = resume(&engine).await {
            tracing::error!(causes = error.chain(), "what was pending could not be taken up");
        }
        sweep_every(&engine, SWEEP_EVERY, stop_sweeping).await;
    });
    tasks.spawn(async move {
        tokio::select! { () = stop_purging => {}, () = purge(&file) => {} }
    });
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

async fn stop_of(mut stopped: watch::Receiver<bool>) {
    // An error says that the sender is gone, which is a stop too.
    drop(stopped.wait_for(|stopped| *stopped).await);
}
