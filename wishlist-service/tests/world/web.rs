//! The pages of the world: each visit finds what chance has there at that moment.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::sleep;
use wishlist_core::model::{FailureCode, Money, PageUrl, Product};
use wishlist_scraper::{Outcome, Scrape, Scraped};

use super::chance::Chance;
use super::journal::title_of;
use super::stage::pause;

/// All pages.
#[derive(Debug)]
pub(crate) struct Web {
    seed: u64,
    visits: AtomicU64,
    is_well: AtomicBool,
    /// What each page's product costs.
    prices: Mutex<BTreeMap<String, u64>>,
}

#[derive(Clone, Copy)]
enum Answer {
    Facts,
    Robbed,
    Failed,
    Unreachable,
    TooMany,
    Hangs,
}

impl Web {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, visits: AtomicU64::new(0), is_well: AtomicBool::new(false), prices: Mutex::default() }
    }

    /// From now on every page answers at once.
    pub(crate) fn get_well(&self) {
        self.is_well.store(true, Ordering::Relaxed);
    }

    /// What the page says in this visit: its price is another one now and then.
    fn facts(&self, url: &PageUrl, visit: u64, chance: &mut Chance) -> Product {
        let url = url.to_string();
        let mut prices = self.prices.lock().unwrap_or_else(PoisonError::into_inner);
        let price = prices.entry(url.clone()).or_insert(10);
        if chance.once_in(2) {
            *price = 10 + chance.below(4);
        }
        let price = Money::new(&format!("{price}.00"), "EUR".parse().expect("a currency")).ok();
        Product { title: Some(title_of(&url, visit)), price, ..Product::default() }
    }
}

#[async_trait]
impl Scrape for Web {
    async fn scrape(&self, url: &PageUrl) -> Scraped {
        let visit = self.visits.fetch_add(1, Ordering::Relaxed) + 1;
        let mut chance = Chance::new(self.seed.wrapping_add(visit << 32));
        let facts = self.facts(url, visit, &mut chance);
        if self.is_well.load(Ordering::Relaxed) {
            return Outcome::Facts(Box::new(facts)).into();
        }
        // A drip takes seconds; a process that stands still, longer than its lease.
        let takes = chance.weighted(&[(4, 0), (3, 300), (2, 9_000), (2, 130_000)]);
        if takes == 0 {
            pause().await;
        } else {
            sleep(Duration::from_millis(takes)).await;
        }
        let answer = chance.weighted(&[
            (12, Answer::Facts),
            (1, Answer::Robbed),
            (1, Answer::Failed),
            (3, Answer::Unreachable),
            (2, Answer::TooMany),
            (1, Answer::Hangs),
        ]);
        match answer {
            Answer::Facts => Outcome::Facts(Box::new(facts)),
            Answer::Robbed => Outcome::Failed(FailureCode::Blocked, Box::default()),
            Answer::Failed => Outcome::Failed(FailureCode::NotFound, Box::default()),
            Answer::Unreachable => Outcome::Retry(FailureCode::Unreachable, None),
            Answer::TooMany => Outcome::Retry(FailureCode::Blocked, Some(Duration::from_secs(chance.below(3600)))),
            Answer::Hangs => {
                sleep(Duration::from_secs(10)).await;
                Outcome::Retry(FailureCode::Timeout, None)
            }
        }
        .into()
    }
}
