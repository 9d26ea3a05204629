//! The course of `try`.

use std::collections::HashSet;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tracing_subscriber::filter::LevelFilter;
use wishlist_api::HttpRules;
use wishlist_core::clock::{Random, SystemClock, SystemRandom};
use wishlist_core::table::EmbeddedTable;
use wishlist_scraper::{FetchSettings, Fetcher, Loopback, Politeness};

use super::client::{Item, Person};
use super::report;
use crate::config::{LogFormat, LogSettings, TrySettings};
use crate::confirming::Confirming;
use crate::http::Limits;
use crate::sample_shop::SampleShop;
use crate::serve::Signals;
use crate::server::{Parts, Server};
use crate::standing::Standing;
use crate::telemetry;

/// How long the visits are watched; what is still pending then is shown as such.
const WATCHED: Duration = Duration::from_secs(45);

pub(crate) fn run(settings: TrySettings) -> Result<()> {
    let logs = LogSettings { log_level: LevelFilter::WARN, log_format: LogFormat::Human, otlp_endpoint: None };
    telemetry::start(&logs)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        tokio::select! {
            outcome = try_out(settings) => outcome,
            // The temporary directory goes with the future that is dropped here.
            () = signals.next() => Ok(()),
        }
    })
}

async fn try_out(settings: TrySettings) -> Result<()> {
    // It will hold a token: the person's own, though whose it is matters to nobody else.
    let private = std::fs::Permissions::from_mode(0o700);
    let directory = tempfile::Builder::new().prefix("wishlist-").permissions(private).tempdir();
    let directory = directory.context("no temporary directory can be made")?;
    let shop = if settings.urls.is_empty() { Some(SampleShop::start().await?) } else { None };
    let server = start(directory.path(), shop.as_ref()).await?;
    let urls = shop.as_ref().map_or(settings.urls, SampleShop::urls);

    say(&format!("Smart Wishlist is up on http://{}, in a temporary directory.", server.address()))?;
    let person = Person::sign_up(server.address(), &password()).await?;
    let list = person.create_wishlist("Birthday").await?;
    say("Signed up you@example.com, made the wishlist “Birthday”.")?;
    let place = if shop.is_some() { " of a sample shop on this machine" } else { "" };
    say(&format!("Adding {} links{place}; their pages are being visited:\n", urls.len()))?;
    for (url, problem) in person.add_items(&list, &urls).await? {
        say(&format!("  ✗ {url}  {problem}"))?;
    }
    let items = watch(&person, &list).await?;
    say(&format!("\n{}\n", report::table(&items)))?;

    let token = directory.path().join("token");
    std::fs::write(&token, person.token())?;
    let token = token.display().to_string();
    say(&report::next(&server.address().to_string(), &list, &token, settings.exit))?;
    if !settings.exit {
        std::future::pending::<()>().await;
    }
    server.stop().await;
    Ok(())
}

async fn start(directory: &Path, shop: Option<&SampleShop>) -> Result<Server> {
    // The shop's address and port alone are exempt from the guard; of all other private addresses none may be visited.
    let exempt = shop.map(SampleShop::address).into_iter().collect();
    let fetcher = Fetcher::new(FetchSettings { exempt, ..FetchSettings::default() })?;
    let loopback = if shop.is_some() { Loopback::Free } else { Loopback::Polite };
    let politeness = Politeness { loopback, ..Politeness::default() };
    let file = directory.join("wishlist.db");
    let table = EmbeddedTable::open(&file, Arc::new(SystemClock))?;
    let standing = Standing::on_this_machine(table, file, Confirming::at_once());
    // The port of the documentation's examples, or any where it is taken.
    let listener = match TcpListener::bind("127.0.0.1:3000").await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind("127.0.0.1:0").await.context("cannot listen on this machine's own address")?,
    };
    let (rules, limits) = (HttpRules::default(), Limits::default());
    Server::start(Parts {
        listener,
        standing,
        fetcher,
        politeness,
        visits_at_once: 4,
        visits_per_hour: 0,
        rules,
        limits,
        observed: None,
        // What is tried out is over before a page would be visited again.
        refresh_every: None,
    })
    .await
}

/// Prints each item when its visit has ended, until none is pending.
async fn watch(person: &Person, list: &str) -> Result<Vec<Item>> {
    let deadline = tokio::time::Instant::now() + WATCHED;
    let mut told = HashSet::new();
    loop {
        let items = person.list_items(list, Duration::ZERO).await?;
        for item in items.iter().filter(|item| item.status != "pending") {
            if told.insert(item.id.clone()) {
                say(&report::line(item))?;
            }
        }
        if told.len() == items.len() || tokio::time::Instant::now() >= deadline {
            return Ok(items);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Nobody has to know it: the token is what the printed commands use.
fn password() -> String {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    bytes.map(|byte| format!("{byte:02x}")).concat()
}

fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}
