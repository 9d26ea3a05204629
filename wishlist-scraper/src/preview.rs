//! A look at a page for somebody who waits for it: nothing of it is kept.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use wishlist_core::ids::LeaseId;
use wishlist_core::model::{FailureCode, PageKind, PageUrl, Product};
use wishlist_core::operations::{Engine, Preview, Previewed};
use wishlist_core::{Error, Kind, Result};

use crate::lanes::{Entry, Politeness};
use crate::scrape::{Outcome, Scrape, Scraped};

/// The longest that a lane is waited for within a call: a visit takes seconds, and people wait no longer.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// Looks at pages for [`Engine::preview_product`], as politely as the visitor does and by the same lanes.
#[derive(Clone, Debug)]
pub struct Previewer {
    engine: Engine,
    scraper: Arc<dyn Scrape>,
    politeness: Politeness,
}

impl Previewer {
    /// A previewer with the lanes of this engine's table.
    pub fn new(engine: Engine, scraper: Arc<dyn Scrape>, politeness: Politeness) -> Self {
        Self { engine, scraper, politeness }
    }

    async fn look(self, url: PageUrl) -> Result<Scraped> {
        let lease = self.engine.ids().mint();
        let entry = self.enter(&url, lease).await?;
        let scraped = self.scraper.scrape(&url).await;
        // A lane that could not be left lapses by itself.
        drop(self.politeness.leave(&self.engine, &url, &entry, lease).await);
        Ok(scraped)
    }

    async fn enter(&self, url: &PageUrl, lease: LeaseId) -> Result<Entry> {
        let mut entry = self.politeness.enter(&self.engine, url, lease).await?;
        if let Entry::Wait(wait) = entry
            && wait <= LONGEST_WAIT
        {
            tokio::time::sleep(wait).await;
            entry = self.politeness.enter(&self.engine, url, lease).await?;
        }
        match entry {
            Entry::Wait(wait) => {
                Err(Error::rate_limited("the shop is being visited as much as is polite; try again later", wait))
            }
            entered => Ok(entered),
        }
    }
}

#[async_trait]
impl Preview for Previewer {
    async fn preview(&self, url: &PageUrl) -> Result<Previewed> {
        // A task of its own: who hangs up half-way would leave the host's lane taken until its lease lapses.
        let looked = tokio::spawn(self.clone().look(url.clone())).await;
        let fault = |source| Error::new(Kind::Internal, "a look at a page ended early").with_source(source);
        previewed(looked.map_err(fault)??)
    }
}

/// What a visit means to somebody who waits for it: a page that says why it shows nothing is an answer, and no page is not.
fn previewed(scraped: Scraped) -> Result<Previewed> {
    let Scraped { outcome, kind, sources } = scraped;
    let sources = sources.into_iter().map(|(field, source)| (field.to_owned(), source.to_owned())).collect();
    let without = |kind| Ok(Previewed { kind, product: Product::default(), sources: [].into() });
    match outcome {
        Outcome::Facts(product) => Ok(Previewed { kind: PageKind::Product, product: *product, sources }),
        Outcome::Failed(FailureCode::NotAProduct, product) => {
            let kind = kind.unwrap_or(PageKind::Other);
            Ok(Previewed { kind, product: *product, sources })
        }
        Outcome::Failed(FailureCode::NotFound | FailureCode::Gone, _) => without(PageKind::NotFound),
        Outcome::Failed(FailureCode::Blocked, _) if kind == Some(PageKind::Login) => without(PageKind::Login),
        Outcome::Failed(FailureCode::Blocked, _) | Outcome::Retry(FailureCode::Blocked, _) => {
            without(PageKind::Blocked)
        }
        Outcome::Failed(code, _) | Outcome::Retry(code, _) => Err(Error::new(Kind::Unprocessable, code.detail())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_says_why_it_shows_nothing_is_an_answer() {
        let failed = |code| Outcome::Failed(code, Box::default());
        let rows = [
            (failed(FailureCode::NotFound), None, PageKind::NotFound),
            (failed(FailureCode::Gone), Some(PageKind::Product), PageKind::NotFound),
            (failed(FailureCode::Blocked), Some(PageKind::Login), PageKind::Login),
            (failed(FailureCode::Blocked), Some(PageKind::Other), PageKind::Blocked),
            (Outcome::Retry(FailureCode::Blocked, None), Some(PageKind::Blocked), PageKind::Blocked),
            (failed(FailureCode::NotAProduct), Some(PageKind::Article), PageKind::Article),
            (Outcome::Facts(Box::default()), Some(PageKind::Product), PageKind::Product),
        ];
        for (outcome, kind, expected) in rows {
            let scraped = Scraped { kind, ..outcome.into() };
            assert_eq!(previewed(scraped.clone()).unwrap().kind, expected, "{scraped:?}");
        }
    }

    #[test]
    fn a_page_that_cannot_be_read_is_refused_in_the_words_of_an_item() {
        for code in [FailureCode::Unreachable, FailureCode::ForbiddenAddress, FailureCode::TooLarge] {
            let refused = previewed(Outcome::Failed(code, Box::default()).into()).unwrap_err();
            assert_eq!((refused.kind(), refused.to_string().as_str()), (Kind::Unprocessable, code.detail()));
        }
        assert!(previewed(Outcome::Retry(FailureCode::Timeout, None).into()).is_err());
    }
}
