//! The prices of an item: what its page was seen to say since the item has had its URL.

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::ids::{ItemId, WishlistId};
use crate::model::{Item, Observation, PageUrl, PriceSummary, Viewer};
use crate::table::keys::{self, Moment, PageDigest};
use crate::table::{Entity, Key, Query, Stored};

/// An observation in a page's price history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PriceSeen {
    /// The page.
    pub page: PageDigest,
    /// What it said.
    #[serde(flatten)]
    pub observation: Observation,
}

impl Entity for PriceSeen {
    fn key(&self) -> Key {
        keys::price(&self.page, Moment(self.observation.seen_at))
    }
}

/// Which observations are asked for, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceWindow {
    /// Only those of this moment and later.
    pub from: Option<Timestamp>,
    /// Only those before this moment.
    pub to: Option<Timestamp>,
    /// Only those before this one, the last of the page before.
    pub after: Option<Timestamp>,
    /// At most so many.
    pub limit: usize,
}

/// One page of an item's prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// The observations, newest first.
    pub items: Vec<Observation>,
    /// The last of them, where there may be older ones.
    pub next: Option<Timestamp>,
    /// All that the item may know in short, whatever the window; absent without a URL.
    pub summary: Option<PriceSummary>,
}

impl Engine {
    /// One page of an item's prices, newest first: none from before the item had its URL, but for what held at that moment
    /// if a visit confirmed it. Two reads, of at most a page's observations: the summary is the item's own.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound).
    pub async fn list_prices(
        &self,
        viewer: &Viewer,
        list: WishlistId,
        id: ItemId,
        window: PriceWindow,
    ) -> Result<Prices> {
        let (_, Stored { value: item, .. }) = self.open_item(viewer, list, id).await?;
        let Some(url) = &item.url else { return Ok(Prices { items: Vec::new(), next: None, summary: None }) };
        let summary = Some(item.prices.summary(item.has_url_since()));
        let (items, next) = self.observations(url, &item, window).await?;
        Ok(Prices { items, next, summary })
    }

    async fn observations(
        &self,
        url: &PageUrl,
        item: &Item,
        window: PriceWindow,
    ) -> Result<(Vec<Observation>, Option<Timestamp>)> {
        let page = PageDigest::from(url);
        let sort_key = |moment| keys::price(&page, Moment(moment)).sk;
        let since = item.has_url_since();
        let from = window.from.map_or(since, |from| from.max(since));
        let before = [window.to, window.after].into_iter().flatten().min();
        let query = Query::prefix(keys::page(&page).pk, keys::prefix::PRICE).backward().limit(window.limit);
        let found = self.table().query(&query.after(before.map(sort_key))).await?;
        let read = found.items.iter().map(|record| Ok(Stored::<PriceSeen>::read(record)?.value.observation));
        let mut items = read.collect::<Result<Vec<_>>>()?;
        let of_the_window = items.iter().take_while(|observation| observation.seen_at >= from).count();
        let more = found.next.is_some() && of_the_window == items.len();
        items.truncate(of_the_window);
        let opening = item
            .prices
            .opening
            .filter(|opening| opening.seen_at >= from && before.is_none_or(|before| opening.seen_at < before));
        match opening.filter(|_| !more) {
            Some(opening) if items.len() < window.limit => items.push(opening),
            opening => {
                let next = items.last().filter(|_| more || opening.is_some()).map(|last| last.seen_at);
                return Ok((items, next));
            }
        }
        Ok((items, None))
    }
}
