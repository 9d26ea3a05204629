//! The threads that do the work, and the process that they belong to.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::process;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::{Builder, Handle};
use tokio::task::AbortHandle;
use wishlist_client::ErrorKind;

use crate::embedded::closed;
use crate::failure::Failure;

/// How long what is under way may go on after the end.
const LAST_WORK: Duration = Duration::from_secs(8);

/// A runtime of our own, whatever the host program has: one of another language has none.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// The process whose threads they are. A fork copies the memory and none of the threads: whoever waited for them in the
    /// child would wait for ever.
    process: u32,
    handle: Handle,
    /// None once it has ended.
    threads: Mutex<Option<tokio::runtime::Runtime>>,
}

/// A call that was started. It goes on when this is dropped.
#[derive(Debug)]
pub struct Started(AbortHandle);

impl Started {
    /// Gives the call up: what it was to call back is not called, and what became of it is not known.
    pub fn cancel(&self) {
        self.0.abort();
    }
}

impl Runtime {
    pub(crate) fn start() -> Result<Self, Failure> {
        let started = Builder::new_multi_thread().worker_threads(2).thread_name("smart-wishlist").enable_all().build();
        let threads =
            started.map_err(|e| Failure::new(ErrorKind::Internal, format!("no threads can be started: {e}")))?;
        Ok(Self { process: process::id(), handle: threads.handle().clone(), threads: Mutex::new(Some(threads)) })
    }

    /// Fails where there are no threads, and in a process that this one was copied to before anything is touched there.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if !self.is_of_this_process() {
            let message = "it was opened before the process forked; open it again in this process";
            return Err(Failure::new(ErrorKind::Closed, message));
        }
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if threads.is_some() { Ok(()) } else { Err(closed()) }
    }

    fn is_of_this_process(&self) -> bool {
        process::id() == self.process
    }

    /// Waits for the work on this thread. A panic of it is a failure, not the end of the host program.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check()?;
        if Handle::try_current().is_err() {
            return self.handle.block_on(caught(work));
        }
        // A thread of another runtime may not drive this one.
        let (done, told) = mpsc::channel();
        self.handle.spawn(async move { done.send(caught(work).await) });
        told.recv().unwrap_or_else(|_| Err(closed()))
    }

    /// Begins the work on the runtime's threads and hands over what comes of it there.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
        done: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) -> Started {
        Started(self.handle.spawn(async move { done(caught(work).await) }).abort_handle())
    }

    /// Ends the threads. The work on them is cut off where it waits.
    fn end(&self) {
        if let Some(threads) = self.threads.lock().unwrap_or_else(PoisonError::into_inner).take() {
            threads.shutdown_background();
        }
    }

    /// Does the last work, for which there is not for ever.
    pub(crate) fn finish(&self, work: impl Future<Output = ()> + Send + 'static) {
        let bounded = async move {
            // What is left is cut off.
            drop(tokio::time::timeout(LAST_WORK, work).await);
            Ok(())
        };
        drop(self.wait(bounded));
        self.end();
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if self.is_of_this_process() {
            self.end();
        } else {
            // To drop them is to wait for threads that this process does not have.
            std::mem::forget(self.threads.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

async fn caught<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| {
        let told = panic.downcast_ref::<&str>().map(|told| (*told).to_owned());
        let told = told.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Failure::new(ErrorKind::Internal, format!("a fault of the program, please report it: {told}")))
    })
}
