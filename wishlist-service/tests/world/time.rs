//! The clocks of the world's processes: one paused time, and by how much each goes wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::time::Instant;
use wishlist_core::clock::{Clock, Timestamp};

/// When every world begins, in milliseconds.
const BEGIN: i64 = 1_795_368_000_000;

/// A process's clock.
#[derive(Debug)]
pub(crate) struct WorldClock {
    begun: Instant,
    ahead_millis: AtomicI64,
}

impl WorldClock {
    /// A clock that is right. Time has to be paused.
    pub(crate) fn new(begun: Instant) -> Arc<Self> {
        Arc::new(Self { begun, ahead_millis: AtomicI64::new(0) })
    }

    /// Puts the clock so many seconds ahead of the time, or behind it.
    pub(crate) fn put_ahead(&self, seconds: i64) {
        self.ahead_millis.store(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(BEGIN + elapsed + self.ahead_millis.load(Ordering::Relaxed))
    }
}
