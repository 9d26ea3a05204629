//! Calls that would wait for too long, refused before anything is done for them.
//!
//! What counts is how long calls wait and not how many there are: one that waits for a visit, or for a body that arrives slowly, costs
//! nothing meanwhile.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::Method;

use crate::measure;
use crate::problem::{Code, Problem};

/// The longest that a call may have to wait at one place before it is worked on. A call waits at three places at most (a thread, a read, a
/// write), so that with their answers still within a second nobody loses the thread (Nielsen, "Response Times"); a disk that flushes
/// slowly takes some ten milliseconds.
const LONGEST: Duration = Duration::from_millis(200);

/// How long who was refused should stay away: what was accepted is answered by then.
const AWAY: Duration = Duration::from_secs(1);

/// Tells how long calls wait at the moment.
pub trait Waiting: Debug + Send + Sync {
    /// How long a call that only reads waits to be worked on. It is asked for each call, so it must not wait itself.
    fn reading(&self) -> Duration;

    /// The same of a call that writes.
    fn writing(&self) -> Duration;
}

/// With fewer calls at a time nobody is refused, however slow the machine is: they are no crowd that others have to be kept from.
const CROWD: usize = 32;

/// Where calls come in.
#[derive(Debug)]
pub(super) struct Gate {
    waiting: Option<Arc<dyn Waiting>>,
    calls: AtomicUsize,
}

impl Gate {
    /// A gate that refuses calls where `waiting` says so; without it, none.
    pub(super) fn new(waiting: Option<Arc<dyn Waiting>>) -> Self {
        Self { waiting, calls: AtomicUsize::new(0) }
    }

    /// Lets a call in, for as long as the value lives.
    ///
    /// # Errors
    /// `503 unavailable`, with the time after which to come again, where it would wait for too long.
    pub(super) fn enter(&self, method: &Method) -> Result<Inside<'_>, Problem> {
        let inside = Inside(&self.calls);
        if self.calls.fetch_add(1, Ordering::Relaxed) < CROWD || self.wait(method) <= LONGEST {
            return Ok(inside);
        }
        measure::refuse();
        let detail =
            "there are more calls than can be answered in time; nothing was done, try again when `Retry-After` says";
        Err(Problem::new(Code::Unavailable, detail).after(AWAY))
    }

    fn wait(&self, method: &Method) -> Duration {
        let Some(waiting) = &self.waiting else { return Duration::ZERO };
        if method.is_safe() { waiting.reading() } else { waiting.reading().max(waiting.writing()) }
    }
}

/// A call that is being answered.
#[derive(Debug)]
pub(super) struct Inside<'a>(&'a AtomicUsize);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Waits {
        reading: Duration,
        writing: Duration,
    }

    impl Waiting for Waits {
        fn reading(&self) -> Duration {
            self.reading
        }

        fn writing(&self) -> Duration {
            self.writing
        }
    }

    const SHORT: Duration = LONGEST;
    const LONG: Duration = Duration::from_secs(1);

    fn gate(reading: Duration, writing: Duration) -> Gate {
        Gate::new(Some(Arc::new(Waits { reading, writing })))
    }

    #[test]
    fn who_would_wait_for_too_long_is_refused_and_who_only_reads_waits_for_no_write() {
        for (reading, writing, get, post) in [
            (SHORT, SHORT, true, true),
            (SHORT, LONG, true, false),
            (LONG, SHORT, false, false),
            (LONG, LONG, false, false),
        ] {
            let gate = gate(reading, writing);
            let _crowd: Vec<_> = (0..CROWD).map(|_| gate.enter(&Method::GET).unwrap()).collect();
            assert_eq!(gate.enter(&Method::GET).is_ok(), get, "{gate:?}");
            assert_eq!(gate.enter(&Method::POST).is_ok(), post, "{gate:?}");
        }
    }

    #[test]
    fn a_few_calls_are_taken_however_slow_the_machine_is() {
        let gate = gate(LONG, LONG);
        for _ in 0..10 * CROWD {
            gate.enter(&Method::POST).unwrap();
        }
        let mut crowd: Vec<_> = (0..CROWD).map(|_| gate.enter(&Method::POST).unwrap()).collect();
        assert!(gate.enter(&Method::POST).is_err() && gate.enter(&Method::POST).is_err());
        drop(crowd.pop());
        gate.enter(&Method::POST).unwrap();
    }

    #[test]
    fn without_a_measure_all_are_taken() {
        let gate = Gate::new(None);
        let crowd: Vec<_> = (0..10 * CROWD).map(|_| gate.enter(&Method::POST).unwrap()).collect();
        assert_eq!(crowd.len(), 10 * CROWD);
    }
}
