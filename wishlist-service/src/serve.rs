//! `serve`: until a signal comes.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};
use wishlist_core::clock::SystemClock;
use wishlist_core::table::EmbeddedTable;
use wishlist_scraper::{FetchSettings, Fetcher, Loopback, Politeness, PrivateAddresses};

use crate::config::ServeSettings;
use crate::server::{Parts, Server, listen};
use crate::telemetry;

pub(crate) fn run(settings: ServeSettings) -> Result<()> {
    telemetry::start(settings.logs.log_level, settings.logs.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(settings))
}

async fn serve(settings: ServeSettings) -> Result<()> {
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
    let visits_at_once = usize::from(settings.visits_at_once);
    let server = Server::start(Parts { listener, table, fetcher, politeness, visits_at_once }).await?;
    // Before the address is told: whoever reads it may send a signal at once.
    let mut signals = Signals::new()?;
    tracing::info!(address = %server.address(), file = %file.display(), "serving");
    signals.next().await;
    tracing::info!("stopping; a second signal ends at once");
    tokio::select! {
        () = server.stop() => {}
        () = signals.next() => {}
    }
    Ok(())
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
