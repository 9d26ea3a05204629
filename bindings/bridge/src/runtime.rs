//! The threads that do the work, and the process that they belong to.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::sync::watch;
use tokio::task::{AbortHandle, block_in_place};
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
    /// Whether no more work is taken. A lock could be held by a thread that a fork did not copy.
    is_closing: AtomicBool,
    /// How much is under way.
    under_way: watch::Sender<usize>,
    /// Whether what is still under way is cut off.
    is_over: watch::Sender<bool>,
}

/// A call that was started. It goes on when this is dropped.
#[derive(Debug)]
pub struct Started {
    task: AbortHandle,
    is_given_up: Arc<AtomicBool>,
}

impl Started {
    /// Gives the call up: what it was to call back is not called, and what became of it is not known.
    pub fn cancel(&self) {
        self.is_given_up.store(true, Ordering::Release);
        self.task.abort();
    }
}

impl Runtime {
    pub(crate) fn start() -> Result<Self, Failure> {
        let started = Builder::new_multi_thread().worker_threads(2).thread_name("smart-wishlist").enable_all().build();
        let threads =
            started.map_err(|e| Failure::new(ErrorKind::Internal, format!("no threads can be started: {e}")))?;
        Ok(Self {
            process: process::id(),
            handle: threads.handle().clone(),
            threads: Mutex::new(Some(threads)),
            is_closing: AtomicBool::new(false),
            under_way: watch::Sender::new(0),
            is_over: watch::Sender::new(false),
        })
    }

    /// Fails where no more work is taken, and in a process that this one was copied to before anything is touched there.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if !self.is_of_this_process() {
            let message = "it was opened before the process forked; open it again, after the fork only";
            return Err(Failure::new(ErrorKind::Closed, message));
        }
        if self.is_closing.load(Ordering::Acquire) { Err(closed()) } else { Ok(()) }
    }

    pub(crate) fn is_of_this_process(&self) -> bool {
        process::id() == self.process
    }

    /// Waits for the work on this thread. A panic of it is a failure, not the end of the host program.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check()?;
        self.drive(self.bounded(work))
    }

    fn drive<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        match Handle::try_current().map(|handle| handle.runtime_flavor()) {
            Err(_) => self.handle.block_on(work),
            // A thread of another runtime, or one of ours that calls back: the others take over what waits behind it.
            Ok(RuntimeFlavor::MultiThread) => block_in_place(|| self.handle.block_on(work)),
            // It has no others, so ours do the work.
            Ok(_) => {
                let (done, told) = mpsc::channel();
                self.handle.spawn(async move { done.send(work.await) });
                told.recv().unwrap_or_else(|_| Err(closed()))
            }
        }
    }

    /// Begins the work on the runtime's threads and hands over what comes of it there, once, whatever happens.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
        done: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) -> Started {
        let is_given_up = Arc::new(AtomicBool::new(false));
        let mut told = Told { done: Some(done), is_given_up: Arc::clone(&is_given_up), of: std::marker::PhantomData };
        let work = self.bounded(work);
        let task = self.handle.spawn(async move { told.tell(work.await) });
        Started { task: task.abort_handle(), is_given_up }
    }

    /// The work, counted while it lasts, and cut off at the end of everything.
    fn bounded<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> impl Future<Output = Result<T, Failure>> + Send + 'static {
        let counted = UnderWay::new(&self.under_way);
        let mut is_over = self.is_over.subscribe();
        async move {
            let _counted = counted;
            tokio::select! {
                // First, for what is polled once the threads have ended would panic.
                biased;
                _ = is_over.wait_for(|is_over| *is_over) => Err(closed()),
                result = AssertUnwindSafe(work).catch_unwind() => result.unwrap_or_else(|panic| Err(fault(&*panic))),
            }
        }
    }

    /// Takes no more work, lets what is under way end, does the last work, and ends the threads; there is not for ever for it.
    /// In a copy of the process nothing is touched.
    pub(crate) fn finish(&self, last: impl Future<Output = ()> + Send + 'static) {
        if !self.is_of_this_process() || self.is_closing.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut under_way = self.under_way.subscribe();
        let ending = async move {
            drop(under_way.wait_for(|calls| *calls == 0).await);
            last.await;
        };
        // What is left is cut off.
        drop(self.drive(async move { Ok(tokio::time::timeout(LAST_WORK, ending).await.is_ok()) }));
        self.end();
    }

    fn end(&self) {
        self.is_over.send_replace(true);
        if let Some(threads) = self.threads.lock().unwrap_or_else(PoisonError::into_inner).take() {
            threads.shutdown_background();
        }
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

/// One of those under way.
struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn new(under_way: &watch::Sender<usize>) -> Self {
        under_way.send_modify(|calls| *calls += 1);
        Self(under_way.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|calls| *calls -= 1);
    }
}

/// What is called back. Where the work is dropped before its end, it hears that everything was closed.
struct Told<T, D: FnOnce(Result<T, Failure>)> {
    done: Option<D>,
    is_given_up: Arc<AtomicBool>,
    of: std::marker::PhantomData<fn(T)>,
}

impl<T, D: FnOnce(Result<T, Failure>)> Told<T, D> {
    fn tell(&mut self, result: Result<T, Failure>) {
        if let Some(done) = self.done.take().filter(|_| !self.is_given_up.load(Ordering::Acquire)) {
            done(result);
        }
    }
}

impl<T, D: FnOnce(Result<T, Failure>)> Drop for Told<T, D> {
    fn drop(&mut self) {
        self.tell(Err(closed()));
    }
}

/// A panic, as what it is.
pub(crate) fn fault(panic: &(dyn std::any::Any + Send)) -> Failure {
    let told = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let message = format!("a fault of the program, please report it: {}", told.unwrap_or_default());
    Failure::new(ErrorKind::Internal, message)
}
