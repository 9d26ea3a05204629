//! `serve`: until a signal comes.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use wishlist_api::{HttpRules, Origins, Transport};
use wishlist_core::clock::SystemClock;
use wishlist_core::table::EmbeddedTable;
use wishlist_scraper::{FetchSettings, Fetcher, Loopback, Politeness, PrivateAddresses};

use crate::config::ServeSettings;
use crate::confirming::Confirming;
use crate::http::Limits;
use crate::observe::Observed;
use crate::server::{Parts, Server, listen};
use crate::telemetry;

/// How long threads that are still at work may hold up the end.
const LAST_THREADS: Duration = Duration::from_secs(1);

pub(crate) fn run(settings: ServeSettings) -> Result<()> {
    telemetry::start(settings.logs.log_level, settings.logs.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(serve(settings));
    // A name that is being resolved holds a thread, for half a minute where no resolver answers; nobody waits for it.
    runtime.shutdown_timeout(LAST_THREADS);
    ended
}

async fn serve(settings: ServeSettings) -> Result<()> {
    let rules = rules(&settings)?;
    let confirming = Confirming::read(&settings.confirming, settings.listen)?;
    let file = settings.data_dir.join("wishlist.db");
    let listener = listen(settings.listen).await?;
    let table = EmbeddedTable::open(&file, Arc::new(SystemClock)).context("the data directory cannot be used")?;
    let (private_addresses, loopback) = if settings.allow_private_addresses {
        tracing::warn!(
            "private addresses may be visited: whoever can add an item can make this machine call the machines around it"
        );
        (PrivateAddresses::Allow, Loopback::Free)
    } else {
        (PrivateAddresses::Refuse, Loopback::Polite)
    };
    let own_names = settings.public_url.iter().filter_map(|url| url.host_str().map(str::to_owned)).collect();
    let fetcher = Fetcher::new(FetchSettings { private_addresses, own_names, ..FetchSettings::default() })?;
    let politeness = Politeness { loopback, ..Politeness::default() };
    let (visits_at_once, visits_per_hour) = (usize::from(settings.visits_at_once), settings.visits_per_hour);
    let limits = Limits { connections: usize::from(settings.connections), ..Limits::default() };
    let observed = match settings.metrics_listen {
        Some(address) => Some((Observed::start(address).await?, file.clone())),
        None => None,
    };
    let metrics_address = observed.as_ref().map(|(observed, _)| observed.address()).transpose()?;
    let server = Server::start(Parts {
        listener,
        table,
        fetcher,
        politeness,
        visits_at_once,
        visits_per_hour,
        confirming,
        rules,
        limits,
        observed,
        refresh_every: settings.refresh_every.0,
    })
    .await?;
    // Before the address is told: whoever reads it may send a signal at once.
    let mut signals = Signals::new()?;
    if let Some(address) = metrics_address {
        tracing::info!(metrics_address = %address, "metrics");
    }
    tracing::info!(address = %server.address(), file = %file.display(), "serving");
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

/// What the settings say about HTTP.
fn rules(settings: &ServeSettings) -> Result<HttpRules> {
    let origins = Origins::read(settings.cors_origin.iter().map(String::as_str)).map_err(anyhow::Error::msg);
    let secure = !settings.public_url.is_empty() && settings.public_url.iter().all(|url| url.scheme() == "https");
    Ok(HttpRules {
        origins: origins.context("`--cors-origin` cannot be used")?,
        calls_per_second: NonZeroU32::new(settings.calls_per_second),
        transport: if secure { Transport::Https } else { Transport::Http },
        trusted_proxies: settings.trusted_proxy.clone(),
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
