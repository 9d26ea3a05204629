//! The same calls for programs without a runtime: each waits for its answer.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::{thread, vec};

use futures_util::StreamExt as _;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, ErrorKind, Result};
use crate::model;
use crate::pages::{self, Page};

/// Calls one server and waits. Clones are cheap, share the session, and may be called from several threads at once.
///
/// One thread of its own keeps the connections and renews the session. On a thread of another runtime it waits as well, and
/// everything there with it: call it from `spawn_blocking`.
#[derive(Clone)]
pub struct Client {
    pub(crate) client: crate::Client,
    runtime: Arc<Owned>,
}

/// The runtime, which is not to wait for its thread when it is dropped: that would be refused within another runtime.
struct Owned(Option<Runtime>);

impl Client {
    /// A client of the server at `url`, such as `https://wishlist.example`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Invalid`](ErrorKind::Invalid) for what is no address of a server.
    pub fn connect(url: &str) -> Result<Self> {
        Self::over(crate::Client::connect(url)?)
    }

    /// The calls of a client that was set up by a [`Builder`](crate::Builder), and that nothing else calls: its connections
    /// belong to who called first.
    ///
    /// # Errors
    ///
    /// [`Internal`](ErrorKind::Internal) where the system gives no thread.
    pub fn over(client: crate::Client) -> Result<Self> {
        let started = Builder::new_multi_thread().worker_threads(1).thread_name("wishlist-client").enable_all().build();
        let runtime = started.map_err(|e| Error::new(ErrorKind::Internal, "no thread can be started").caused_by(e))?;
        Ok(Self { client, runtime: Arc::new(Owned(Some(runtime))) })
    }

    /// The tokens as they are now, to be kept and given to [`Builder::session`](crate::Builder::session) later.
    pub fn session(&self) -> Option<model::Session> {
        self.client.session()
    }

    /// As [`Client::under_key`](crate::Client::under_key).
    #[must_use]
    pub fn under_key(&self, key: impl Into<String>) -> Self {
        Self { client: self.client.under_key(key), runtime: Arc::clone(&self.runtime) }
    }

    /// As [`Client::if_version`](crate::Client::if_version).
    #[must_use]
    pub fn if_version(&self, version: i64) -> Self {
        Self { client: self.client.if_version(version), runtime: Arc::clone(&self.runtime) }
    }

    pub(crate) fn wait<T: Send>(&self, call: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.runtime.wait(call)
    }

    pub(crate) fn pages<P: Page + Send + 'static>(&self, pages: pages::Pages<P>) -> Pages<P> {
        Pages { pages, runtime: Arc::clone(&self.runtime) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(formatter)
    }
}

impl Owned {
    fn wait<T: Send>(&self, call: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let Some(runtime) = &self.0 else { return Err(Error::new(ErrorKind::Closed, "it was closed")) };
        if Handle::try_current().is_err() {
            return runtime.block_on(call);
        }
        // A thread that belongs to another runtime, such as one for work that waits, may not drive this one.
        let waited = thread::scope(|scope| scope.spawn(|| runtime.block_on(call)).join());
        waited.unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "a fault of the client, please report it")))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// All pages of a listing, each asked for when it comes to it. After an error there are no more.
pub struct Pages<P> {
    pages: pages::Pages<P>,
    runtime: Arc<Owned>,
}

impl<P: Page + Send + 'static> Pages<P> {
    /// What the pages hold, one by one.
    pub fn items(self) -> impl Iterator<Item = Result<P::Item>> {
        self.flat_map(|page| match page {
            Ok(page) => page.into_items().into_iter().map(Ok).collect::<Vec<_>>().into_iter(),
            Err(error) => vec![Err(error)].into_iter(),
        })
    }

    /// Everything that the pages hold, joined.
    ///
    /// # Errors
    ///
    /// The first one of any page.
    pub fn collect_items(self) -> Result<Vec<P::Item>> {
        self.items().collect()
    }
}

impl<P: Send> Iterator for Pages<P> {
    type Item = Result<P>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.pages.next();
        self.runtime.wait(async { Ok(next.await) }).unwrap_or_else(|error| Some(Err(error)))
    }
}

impl<P> fmt::Debug for Pages<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pages.fmt(formatter)
    }
}
