//! The settings that `serve` and the roles on AWS have in common: what may be visited, how, and for whom.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use url::Url;
use wishlist_api::Origins;
use wishlist_core::model::VisitedPage;

/// Which addresses may be visited.
#[derive(Debug, Args)]
pub(crate) struct FetchingSettings {
    /// Where clients reach the service, if not at the address it listens on; pages under its name are never visited. May
    /// be repeated.
    #[arg(long, env = "WISHLIST_PUBLIC_URL", value_name = "URL", value_delimiter = ',')]
    pub(crate) public_url: Vec<Url>,

    /// Lets the fetcher reach private addresses and any port. For development only: with it, whoever can add an item can
    /// make this machine call the machines around it.
    #[arg(long, env = "WISHLIST_ALLOW_PRIVATE_ADDRESSES")]
    pub(crate) allow_private_addresses: bool,
}

/// How pages are visited in the background.
#[derive(Debug, Args)]
pub(crate) struct BackgroundSettings {
    /// Pages visited at once, each in up to some 20 MB of memory.
    #[arg(long, env = "WISHLIST_VISITS_AT_ONCE", value_name = "N", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) visits_at_once: u16,

    /// How often the page of an item is visited again without anybody asking, or up to a fifth earlier, as `6h` or `1day`: at
    /// least `15min`; `off` visits only what is asked for. A page that keeps failing is visited ever less often, down to
    /// once in seven days.
    #[arg(long, env = "WISHLIST_REFRESH_EVERY", value_name = "DURATION", default_value = "24h")]
    pub(crate) refresh_every: RefreshEvery,
}

/// What callers may do.
#[derive(Debug, Args)]
pub(crate) struct CallerSettings {
    /// The origin of pages that may call the service from a browser, as in `https://app.example`; `*` alone for all. May be
    /// repeated; without it only pages of the service's own origin may.
    #[arg(long, env = "WISHLIST_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) cors_origin: Vec<String>,

    /// Visits that one caller may ask for in an hour, by new links, refreshes and previews; 0 for any number.
    #[arg(long, env = "WISHLIST_VISITS_PER_HOUR", value_name = "N", default_value = "1000")]
    pub(crate) visits_per_hour: u32,
}

impl CallerSettings {
    /// The origins whose pages may call.
    ///
    /// # Errors
    /// One that names what is no origin.
    pub(crate) fn origins(&self) -> Result<Origins> {
        let origins = Origins::read(self.cors_origin.iter().map(String::as_str)).map_err(anyhow::Error::msg);
        origins.context("`--cors-origin` cannot be used")
    }
}

/// How often pages are visited again, if at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RefreshEvery(pub(crate) Option<Duration>);

impl FromStr for RefreshEvery {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self(None));
        }
        let every =
            humantime::parse_duration(text).map_err(|error| format!("{error}; write it like `6h`, or `off`"))?;
        if every < VisitedPage::FRESH {
            return Err("a page is visited once in 15 minutes at most; write `15min` or more, or `off`".to_owned());
        }
        Ok(Self(Some(every)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_between_visits_is_written_for_people() {
        let rows = [
            ("off", Some(None)),
            ("15min", Some(Some(Duration::from_mins(15)))),
            ("6h", Some(Some(Duration::from_hours(6)))),
            ("1day 12h", Some(Some(Duration::from_hours(36)))),
            ("14min 59s", None),
            ("0s", None),
            ("6", None),
            ("-6h", None),
            ("", None),
            ("Off", None),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse::<RefreshEvery>().ok(), expected.map(RefreshEvery), "{text:?}");
        }
    }
}
