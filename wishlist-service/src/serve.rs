//! `serve`: until a signal comes.

use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context, Result};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use wishlist_api::{HttpRules, Transport};

use crate::config::ServeSettings;
use crate::fetching;
use crate::http::Limits;
use crate::observe::Observed;
use crate::open_files;
use crate::server::{Parts, Server, listen};
use crate::standing::Standing;
use crate::telemetry;

/// How long threads that are still at work may hold up the end.
const LAST_THREADS: Duration = Duration::from_secs(1);

pub(crate) fn run(settings: ServeSettings) -> Result<()> {
    telemetry::start(&settings.logs)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(serve(settings));
    telemetry::flush();
    // A name that is being resolved holds a thread, for half a minute where no resolver answers; nobody waits for it.
    runtime.shutdown_timeout(LAST_THREADS);
    ended
}

async fn serve(settings: ServeSettings) -> Result<()> {
    let rules = rules(&settings)?;
    let listener = listen(settings.listen).await?;
    let standing = Standing::chosen(&settings).await?;
    let file = standing.records.file();
    let (fetcher, politeness) = fetching::read(&settings.fetching)?;
    let (visits_at_once, visits_per_hour) =
        (usize::from(settings.background.visits_at_once), settings.callers.visits_per_hour);
    let limits = Limits { connections: connections(&settings, visits_at_once), ..Limits::default() };
    let observed = match settings.metrics_listen {
        Some(address) => Some(Observed::start(address).await?),
        None => None,
    };
    let metrics_address = observed.as_ref().map(Observed::address).transpose()?;
    let server = Server::start(Parts {
        listener,
        standing,
        fetcher,
        politeness,
        visits_at_once,
        visits_per_hour,
        rules,
        limits,
        observed,
        refresh_every: settings.background.refresh_every.0,
    })
    .await?;
    // Before the address is told: whoever reads it may send a signal at once.
    let mut signals = Signals::new()?;
    if let Some(address) = metrics_address {
        tracing::info!(metrics_address = %address, "metrics");
    }
    tracing::info!(address = %server.address(), file, "serving");
    tell(NotifyState::Ready);
    signals.next().await;
    tell(NotifyState::Stopping);
    tracing::info!("stopping; a second signal ends at once");
    tokio::select! {
        () = server.stop() => {}
        () = signals.next() => {}
    }
    Ok(())
}

/// The connections that were asked for, or as many as there are files for.
fn connections(settings: &ServeSettings, visits_at_once: usize) -> usize {
    let asked = settings.connections;
    let taken = match open_files::allowed() {
        Ok(files) => open_files::connections(asked, visits_at_once, files),
        Err(error) => {
            tracing::warn!(causes = %error, "how many files may be open is not known");
            return usize::from(asked);
        }
    };
    if taken < usize::from(asked) {
        tracing::warn!(asked, taken, "fewer connections are taken than were asked for: raise the limit of open files");
    }
    taken
}

/// What the settings say about HTTP.
fn rules(settings: &ServeSettings) -> Result<HttpRules> {
    let public = &settings.fetching.public_url;
    let secure = !public.is_empty() && public.iter().all(|url| url.scheme() == "https");
    Ok(HttpRules {
        origins: settings.callers.origins()?,
        calls_per_second: NonZeroU32::new(settings.calls_per_second),
        transport: if secure { Transport::Https } else { Transport::Http },
        trusted_proxies: settings.trusted_proxy.clone(),
        waiting: None,
    })
}

/// Tells the system's service manager, where it is one that wants to know (`Type=notify` of systemd).
fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(causes = %error, "the service manager could not be told");
    }
}

/// The signals that ask a program to end: Ctrl-C, a request to terminate, the end of the terminal.
pub(crate) struct Signals([Signal; 3]);

impl Signals {
    pub(crate) fn new() -> Result<Self> {
        let on = |kind| signal(kind).context("signals cannot be waited for");
        Ok(Self([on(SignalKind::interrupt())?, on(SignalKind::terminate())?, on(SignalKind::hangup())?]))
    }

    /// Waits for the next of them.
    pub(crate) async fn next(&mut self) {
        let [interrupt, terminate, hang_up] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    }
}
