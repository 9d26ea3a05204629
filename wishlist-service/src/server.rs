//! Everything of one process: the API, the worker and the sweeper over one table.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use wishlist_api::{Api, router};
use wishlist_core::clock::{Clock, Random, SystemClock, SystemRandom};
use wishlist_core::operations::Engine;
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_identity::local::{HashingCost, LocalSettings};
use wishlist_identity::{LocalProvider, Provider};
use wishlist_scraper::{Fetcher, Inbox, LocalQueue, Politeness, Scraper, Visitor, resume, sweep_every, work};

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
        let table: Arc<dyn Table> = file.clone();
        let engine = Engine::new(Arc::clone(&table), Arc::new(queue), Arc::clone(&clock), Arc::clone(&random));
        // One name for all processes over a file, whatever address each listens on: they take each other's tokens.
        let settings = LocalSettings {
            issuer: "smart-wishlist".to_owned(),
            client_id: "smart-wishlist".to_owned(),
            hashing: HashingCost::OWASP,
        };
        let provider = LocalProvider::open(table, clock, engine.ids().clone(), random, settings).await?;
        let provider = Arc::new(provider);
        let verifier = Arc::new(provider.verifier());
        let api = Api { engine: engine.clone(), provider: provider as Arc<dyn Provider>, verifier };
        let visitor = Visitor::new(engine.clone(), Arc::new(Scraper::new(parts.fetcher)), parts.politeness);
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        spawn_api(&mut tasks, parts.listener, api, &stopped);
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

fn spawn_api(tasks: &mut JoinSet<()>, listener: TcpListener, api: Api, stopped: &watch::Receiver<bool>) {
    let stopped = stopped.clone();
    tasks.spawn(async move {
        let served = axum::serve(listener, router(api)).with_graceful_shutdown(stop_of(stopped)).await;
        if let Err(error) = served {
            tracing::error!(%error, "the API ended");
        }
    });
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
                Ok(records) => tracing::info!(records, "purge"),
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
