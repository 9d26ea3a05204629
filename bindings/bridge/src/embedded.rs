//! The whole engine in this process: the server's own router over one file, and what visits pages.

use std::convert::Infallible;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use wishlist_api::{Api, NamedCaller, router};
use wishlist_client::{Channel, ChannelError, Error, ErrorKind};
use wishlist_core::clock::{Clock, Random, SystemClock, SystemRandom};
use wishlist_core::ids::UserId;
use wishlist_core::operations::Engine;
use wishlist_core::table::EmbeddedTable;
use wishlist_core::{Kind, Result};
use wishlist_identity::local::{Confirmation, HashingCost, LocalSettings};
use wishlist_identity::{LocalProvider, LogMailer};
use wishlist_scraper::{
    FetchSettings, Fetcher, Inbox, LocalQueue, Loopback, Politeness, Previewer, PrivateAddresses, Scraper, Visitor,
    resume, sweep_every, work,
};

use crate::failure::Failure;
use crate::options::OpenOptions;
use crate::wishlists::Shared;

/// As in the server.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// A file of wishlists that is open, until it is closed.
#[derive(Debug)]
pub(crate) struct Embedded(RwLock<Option<Opened>>);

struct Opened {
    router: Router,
    engine: Engine,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Embedded {
    /// Opens the file and begins to visit. Has to be called on a runtime.
    pub(crate) async fn open(path: &Path, options: OpenOptions) -> Result<Self> {
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let table = Arc::new(EmbeddedTable::open(path, Arc::clone(&clock))?);
        let (queue, inbox) = LocalQueue::new();
        let engine = Engine::new(table.clone(), Arc::new(queue), Arc::clone(&clock), Arc::clone(&random));
        let (fetcher, politeness) = fetching(options.private_addresses)?;
        let settings = LocalSettings {
            issuer: "smart-wishlist".to_owned(),
            client_id: "smart-wishlist".to_owned(),
            hashing: HashingCost::OWASP,
            confirmation: Confirmation::AtOnce,
            key_life: LocalSettings::KEY_LIFE,
        };
        let ids = engine.ids().clone();
        let mailer = Arc::new(LogMailer);
        let provider = LocalProvider::open(table.clone(), clock, ids, random, mailer, settings).await?;
        let provider = Arc::new(provider);
        let scraper = Arc::new(Scraper::new(fetcher));
        let engine = engine.with_identities(provider.clone());
        let previewer = Previewer::new(engine.clone(), scraper.clone(), politeness);
        let engine = engine.with_preview(Arc::new(previewer));
        let visitor = Visitor::new(engine.clone(), scraper, politeness).with_refresh_every(options.refresh_every);
        let verifier = Arc::new(provider.verifier());
        let router = router(Api { engine: engine.clone(), provider, verifier });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        if options.visits {
            visit(&mut tasks, visitor, inbox, options.visits_at_once, &stopped);
        }
        tasks.spawn(purge(table, stopped));
        Ok(Self(RwLock::new(Some(Opened { router, engine, stop, tasks }))))
    }

    /// Makes a person known whom the host program names, where they are not yet.
    pub(crate) async fn register(&self, user: &UserId) -> std::result::Result<(), Failure> {
        let engine = self.0.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|opened| opened.engine.clone());
        let engine = engine.ok_or_else(closed)?;
        engine.register_named(user).await.map_err(|error| untold(&error))
    }

    /// Takes no more calls, lets visits under way finish, and closes the file.
    pub(crate) async fn close(&self) {
        // Of two that close, one does.
        let opened = self.0.write().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Opened { router, engine, stop, mut tasks }) = opened else { return };
        drop(router);
        stop.send_replace(true);
        engine.end_waits();
        drop(engine);
        while tasks.join_next().await.is_some() {}
    }

    fn router(&self) -> Option<Router> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|opened| opened.router.clone())
    }
}

/// What visits pages and looks for those that are due.
fn visit(tasks: &mut JoinSet<()>, visitor: Visitor, inbox: Inbox, at_once: usize, stopped: &watch::Receiver<bool>) {
    let engine = visitor.engine().clone();
    tasks.spawn(work(visitor, inbox, at_once, stop_of(stopped.clone())));
    let stop = stop_of(stopped.clone());
    tasks.spawn(async move {
        // A queue in memory has forgotten what it held.
        if let Err(error) = resume(&engine).await {
            tracing::error!(causes = error.chain(), "what was pending could not be taken up");
        }
        sweep_every(&engine, SWEEP_EVERY, stop).await;
    });
}

/// Removes expired records for good, until the stop.
async fn purge(table: Arc<EmbeddedTable>, stopped: watch::Receiver<bool>) {
    let purging = async {
        loop {
            tokio::time::sleep(PURGE_EVERY).await;
            while table.purge_expired().await.is_ok_and(|records| records > 0) {}
        }
    };
    tokio::select! { () = stop_of(stopped) => {}, () = purging => {} }
}

fn fetching(private_addresses: bool) -> Result<(Fetcher, Politeness)> {
    let (private_addresses, loopback) = if private_addresses {
        (PrivateAddresses::Allow, Loopback::Free)
    } else {
        (PrivateAddresses::Refuse, Loopback::Polite)
    };
    let fetcher = Fetcher::new(FetchSettings { private_addresses, ..FetchSettings::default() })?;
    Ok((fetcher, Politeness { loopback, ..Politeness::default() }))
}

async fn stop_of(mut stopped: watch::Receiver<bool>) {
    // An error says that the sender is gone, which is a stop too.
    drop(stopped.wait_for(|stopped| *stopped).await);
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Opened").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// A channel to the router, for one person or for whoever has a token.
#[derive(Debug)]
pub(crate) struct Within {
    pub(crate) shared: Arc<Shared>,
    pub(crate) user: Option<UserId>,
}

impl Channel for Within {
    fn exchange(&self, request: Request<Bytes>) -> BoxFuture<'_, std::result::Result<Response<Bytes>, ChannelError>> {
        Box::pin(async move {
            let refused = |failure: Failure| ChannelError::Lasting(Error::new(ErrorKind::Closed, failure.message));
            let router = match self.shared.embedded().map_err(refused)? {
                Some(embedded) => embedded.router(),
                None => None,
            };
            let router = router.ok_or_else(|| refused(closed()))?;
            let mut request = request.map(Body::from);
            if let Some(user) = &self.user {
                request.extensions_mut().insert(NamedCaller(user.clone()));
            }
            let Ok(response) = router.oneshot(request).await.map_err(|never: Infallible| never);
            let (parts, body) = response.into_parts();
            let body = body.collect().await.map_err(|e| {
                ChannelError::Unknown(Error::new(ErrorKind::Internal, "the answer broke off").caused_by(e))
            })?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        })
    }
}

pub(crate) fn closed() -> Failure {
    Failure::new(ErrorKind::Closed, "it was closed; open it again")
}

/// An error of the engine that no call tells.
pub(crate) fn untold(error: &wishlist_core::Error) -> Failure {
    let kind = match error.kind() {
        Kind::Invalid => ErrorKind::Invalid,
        Kind::Unauthenticated => ErrorKind::Unauthenticated,
        Kind::Unavailable => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    };
    Failure::new(kind, error.chain())
}
