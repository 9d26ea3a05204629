//! What the settings say about visits.

use anyhow::Result;
use wishlist_core::operations::Engine;
use wishlist_scraper::{FetchSettings, Fetcher, Loopback, Politeness, PrivateAddresses};

use crate::config::FetchingSettings;

/// What fetches pages, and how much of it a host is asked for.
pub(crate) fn read(settings: &FetchingSettings) -> Result<(Fetcher, Politeness)> {
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
    Ok((fetcher, Politeness { loopback, ..Politeness::default() }))
}

/// The engine, in which one caller may ask for so many visits in an hour; 0 for any number.
pub(crate) fn charged(engine: Engine, visits_per_hour: u32) -> Engine {
    match visits_per_hour {
        0 => engine,
        visits => engine.with_visits_per_hour(visits),
    }
}
