//! Who acts at a time: futures that are polled one by one, in the order that chance says, and that may be dropped between any
//! two polls, as a process that is killed.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio::sync::Notify;

/// Somebody at something.
pub(crate) struct Actor<T> {
    pub(crate) name: usize,
    pub(crate) process: usize,
    future: Pin<Box<dyn Future<Output = T>>>,
    bell: Arc<Bell>,
}

/// Rung by whatever an actor waits for.
struct Bell {
    rung: AtomicBool,
    any: Arc<Notify>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Relaxed);
        self.any.notify_one();
    }
}

/// All who act.
pub(crate) struct Stage<T> {
    pub(crate) actors: Vec<Actor<T>>,
    any: Arc<Notify>,
    entered: usize,
}

impl<T> Stage<T> {
    pub(crate) fn new() -> Self {
        Self { actors: Vec::new(), any: Arc::default(), entered: 0 }
    }

    /// Lets somebody in a process begin, and answers by which name.
    pub(crate) fn enter(&mut self, process: usize, future: impl Future<Output = T> + 'static) -> usize {
        let bell = Arc::new(Bell { rung: AtomicBool::new(true), any: self.any.clone() });
        let name = self.entered;
        self.entered += 1;
        self.actors.push(Actor { name, process, future: Box::pin(future), bell });
        name
    }

    /// The places of those who can go on now.
    pub(crate) fn awake(&self) -> Vec<usize> {
        (0..self.actors.len()).filter(|place| self.actors[*place].bell.rung.load(Ordering::Relaxed)).collect()
    }

    /// Lets the one at this place go on to where it waits again; answers what it came to, where it has ended.
    pub(crate) fn poll(&mut self, place: usize) -> Option<T> {
        let actor = &mut self.actors[place];
        actor.bell.rung.store(false, Ordering::Relaxed);
        let waker = Waker::from(actor.bell.clone());
        match actor.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(ended) => {
                drop(self.actors.remove(place));
                Some(ended)
            }
            Poll::Pending => None,
        }
    }

    /// What comes back when somebody who waited can go on.
    pub(crate) fn any(&self) -> Arc<Notify> {
        self.any.clone()
    }
}

impl<T> fmt::Debug for Stage<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("actors", &self.actors.len()).finish_non_exhaustive()
    }
}

/// Lets others go on first, once.
pub(crate) async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
