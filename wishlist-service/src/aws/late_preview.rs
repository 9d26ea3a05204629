//! Looks at pages for somebody who waits, and is made when it is first asked for: most processes of the API never are, and
//! what fetches pages reads all of Mozilla's roots.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use wishlist_core::model::PageUrl;
use wishlist_core::operations::{Engine, Preview, Previewed};
use wishlist_core::{Error, Kind, Result};
use wishlist_scraper::{Previewer, Scraper};

use crate::config::FetchingSettings;
use crate::fetching;

#[derive(Debug)]
pub(super) struct LatePreview {
    engine: Engine,
    settings: FetchingSettings,
    previewer: OnceLock<Previewer>,
}

impl LatePreview {
    pub(super) fn new(engine: Engine, settings: FetchingSettings) -> Self {
        Self { engine, settings, previewer: OnceLock::new() }
    }

    fn previewer(&self) -> anyhow::Result<&Previewer> {
        if let Some(previewer) = self.previewer.get() {
            return Ok(previewer);
        }
        let (fetcher, politeness) = fetching::read(&self.settings)?;
        let previewer = Previewer::new(self.engine.clone(), Arc::new(Scraper::new(fetcher)), politeness);
        // Of two at once either will do.
        Ok(self.previewer.get_or_init(|| previewer))
    }
}

#[async_trait]
impl Preview for LatePreview {
    async fn preview(&self, url: &PageUrl) -> Result<Previewed> {
        let fault = |source: anyhow::Error| {
            Error::new(Kind::Internal, "pages cannot be looked at").with_source(source.into_boxed_dyn_error())
        };
        self.previewer().map_err(fault)?.preview(url).await
    }
}
