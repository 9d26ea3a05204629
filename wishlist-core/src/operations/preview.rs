//! What a link leads to, before it is a wish: nothing is kept.

use std::collections::BTreeMap;
use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Decision, Engine, NamedCall};
use crate::error::{Error, Kind, Result};
use crate::model::{IdempotencyKey, PageKind, PageUrl, Product, Viewer};

/// Looks at a page once and keeps nothing of it. Implemented where connections are made, and given to the engine by the
/// program that has both.
#[async_trait]
pub trait Preview: Send + Sync + Debug {
    /// Looks at the page at `url`.
    ///
    /// # Errors
    /// [`Kind::Unprocessable`] where the page cannot be read, in words; [`Kind::RateLimited`] with the time to wait where
    /// its host is being visited as much as it may be.
    async fn preview(&self, url: &PageUrl) -> Result<Previewed>;
}

/// What a page says, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Previewed {
    /// What kind of page it is.
    pub kind: PageKind,
    /// What it says about the product; empty where it was not to be read.
    pub product: Product,
    /// By the name of a product's field in the API, the kind of source that its value was read from.
    pub sources: BTreeMap<String, String>,
}

impl Engine {
    /// Looks at the page at `url` and keeps nothing. One visit, however often it is asked for.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for what is no page's address; [`Kind::Unprocessable`] and [`Kind::RateLimited`] as
    /// [`Preview::preview`], the latter also for one more visit than the caller may ask for; [`Kind::Unavailable`] of an
    /// engine that has nothing to look with; [`Kind::IdempotencyMismatch`].
    pub async fn preview_product(&self, viewer: &Viewer, url: &str, key: Option<&IdempotencyKey>) -> Result<Previewed> {
        let call = NamedCall::of(self, viewer, key, "preview_product", &url)?;
        self.check_viewer(viewer).await?;
        let url = url.parse::<PageUrl>().map_err(|error| Error::invalid("/url", error.to_string()))?;
        let preview = self.preview().ok_or_else(|| {
            Error::new(Kind::Unavailable, "this engine visits no pages; give it a `Preview` by `with_preview`")
        })?;
        let Some(call) = call else { return self.look(viewer, preview, &url).await };
        if let Some((_, previewed)) = call.kept::<Previewed>(self).await? {
            return Ok(previewed);
        }
        let previewed = self.look(viewer, preview, &url).await?;
        // Of two calls at once under one name both look, and the first answer is both's.
        self.decide_once(Some(call), async || Ok(Decision::Done(previewed.clone()))).await
    }

    async fn look(&self, viewer: &Viewer, preview: &dyn Preview, url: &PageUrl) -> Result<Previewed> {
        self.charge_now(viewer, 1).await?;
        preview.preview(url).await
    }
}
