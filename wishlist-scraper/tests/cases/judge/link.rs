//! A link alone: judged by the product's own steps, with no site behind it.

use serde::Serialize;
use wishlist_core::model::PageUrl;
use wishlist_scraper::fetch::{FetchFailure, FetchSettings, read_url};

use super::site::Internet;

/// Whether a link is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Allow,
    Block,
}

/// A verdict with its reason.
pub(crate) struct Link {
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
}

impl Link {
    pub(crate) fn blocked(reason: &impl ToString) -> Self {
        Self { verdict: Verdict::Block, reason: reason.to_string() }
    }
}

/// What the product does with `text` as somebody typed it: page URL, then fetch, on an internet without sites.
pub(crate) async fn judge(text: &str, internet: &Internet, settings: FetchSettings) -> Link {
    if let Err(error) = text.parse::<PageUrl>() {
        return Link::blocked(&error);
    }
    let Ok(url) = read_url(text, None) else {
        return Link::blocked(&FetchFailure::Forbidden);
    };
    let outcome = internet.fetcher(settings).fetch(&url).await;
    match (internet.connected().last(), outcome) {
        (Some(address), Err(FetchFailure::Unreachable)) => {
            Link { verdict: Verdict::Allow, reason: format!("connects to {address}") }
        }
        (_, Err(failure)) => Link::blocked(&failure),
        (_, Ok(_)) => Link::blocked(&"answered without a connection"),
    }
}
