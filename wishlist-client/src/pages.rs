//! Listings, page by page.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};

use crate::error::{Error, ErrorKind, Result};

/// One page of a listing.
pub trait Page {
    /// What it holds.
    type Item;

    /// The cursor of the next one; none on the last.
    fn next_cursor(&self) -> Option<&str>;

    /// What it holds, in its order.
    fn into_items(self) -> Vec<Self::Item>;
}

/// All pages of a listing, each asked for when it is polled for. After an error there are no more.
pub struct Pages<P>(Pin<Box<dyn Stream<Item = Result<P>> + Send>>);

impl<P: Page + Send + 'static> Pages<P> {
    /// The pages from a cursor on.
    pub(crate) fn new<F, A>(cursor: Option<String>, ask: F) -> Self
    where
        F: Fn(Option<String>) -> A + Send + 'static,
        A: Future<Output = Result<P>> + Send,
    {
        Self(Box::pin(stream::try_unfold((ask, Some(cursor)), async |(ask, cursor)| {
            let Some(cursor) = cursor else { return Ok(None) };
            let page = ask(cursor.clone()).await?;
            let next = page.next_cursor().map(str::to_owned);
            if next.is_some() && next == cursor {
                let message = "the server's `nextCursor` is the cursor that was sent; the listing would have no end";
                return Err(Error::new(ErrorKind::InvalidAnswer, message));
            }
            Ok(Some((page, (ask, next.map(Some)))))
        })))
    }

    /// What the pages hold, one by one.
    pub fn items(self) -> impl Stream<Item = Result<P::Item>> + Send + Unpin
    where
        P::Item: Send + 'static,
    {
        let items = self.0.map_ok(|page| stream::iter(page.into_items().into_iter().map(Ok)));
        items.try_flatten().boxed()
    }

    /// Everything that the pages hold, joined.
    ///
    /// # Errors
    ///
    /// The first one of any page.
    pub async fn collect_items(mut self) -> Result<Vec<P::Item>> {
        let mut items = Vec::new();
        while let Some(page) = self.0.try_next().await? {
            items.extend(page.into_items());
        }
        Ok(items)
    }
}

impl<P> Stream for Pages<P> {
    type Item = Result<P>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pages")
    }
}
