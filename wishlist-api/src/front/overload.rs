//! Calls that would wait for too long, refused before anything is done for them.
//!
//! What counts is how long calls wait and not how many there are: one that waits for a visit, or for a body that arrives slowly, costs
//! nothing meanwhile.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::Method;

use crate::measure;
use crate::problem::{Code, Problem};

/// The longest that a call may have to wait at one place before it is worked on. A call waits at three places at most (a thread, a read, a
/// write), so that with their answers still within a second nobody loses the thread (Nielsen, "Response Times"); a disk that flushes
/// slowly takes some ten milliseconds.
const LONGEST: Duration = Duration::from_millis(200);

/// For how long every call has to wait for that before one is refused: a disk that stalls, or a machine that is elsewhere for a moment, is
/// no queue, and is over sooner than whoever is refused comes again.
const STALL: Duration = Duration::from_secs(1);

/// How long after a refusal the next one needs no such while: else each second without a queue would let in another.
const AFTERMATH: Duration = Duration::from_secs(10);

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
    queues: Mutex<Queues>,
}

#[derive(Debug, Default)]
struct Queues {
    reading: Queue,
    writing: Queue,
}

impl Gate {
    /// A gate that refuses calls where `waiting` says so; without it, none.
    pub(super) fn new(waiting: Option<Arc<dyn Waiting>>) -> Self {
        Self { waiting, calls: AtomicUsize::new(0), queues: Mutex::default() }
    }

    /// Lets a call in, for as long as the value lives.
    ///
    /// # Errors
    /// `503 unavailable`, with the time after which to come again, where it would wait for too long.
    pub(super) fn enter(&self, method: &Method) -> Result<Inside<'_>, Problem> {
        let inside = Inside(&self.calls);
        let is_in_a_crowd = self.calls.fetch_add(1, Ordering::Relaxed) >= CROWD;
        if !is_in_a_crowd || !self.is_behind(method) {
            return Ok(inside);
        }
        measure::refuse();
        let detail =
            "there are more calls than can be answered in time; nothing was done, try again when `Retry-After` says";
        Err(Problem::new(Code::Unavailable, detail).after(AWAY))
    }

    fn is_behind(&self, method: &Method) -> bool {
        let Some(waiting) = &self.waiting else { return false };
        let now = Instant::now();
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        // A call that writes reads too.
        queues.reading.is_behind(waiting.reading(), now)
            || (!method.is_safe() && queues.writing.is_behind(waiting.writing(), now))
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

/// What is known of the waits at one place.
#[derive(Debug, Default)]
struct Queue {
    /// Since when every call would have waited for too long, and when that was last seen.
    late: Option<(Instant, Instant)>,
    refused: Option<Instant>,
}

impl Queue {
    /// Whether there are more calls than are answered: each waits for too long, and has for a while. In an overload that has just been the
    /// while is over.
    fn is_behind(&mut self, wait: Duration, now: Instant) -> bool {
        if wait <= LONGEST {
            self.late = None;
            return false;
        }
        let seen = self.late.filter(|(_, last)| now.saturating_duration_since(*last) <= STALL);
        let since = seen.map_or(now, |(since, _)| since).min(now.checked_sub(wait).unwrap_or(now));
        self.late = Some((since, now));
        let past = |at: Instant, time: Duration| now.saturating_duration_since(at) >= time;
        let is_behind = past(since, STALL) || self.refused.is_some_and(|at| !past(at, AFTERMATH));
        if is_behind {
            self.refused = Some(now);
        }
        is_behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE: Duration = LONGEST.saturating_add(Duration::from_millis(1));

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
    const LONG: Duration = STALL;

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

    #[test]
    fn a_stall_is_no_queue_but_waits_that_last_are_one() {
        let (mut queue, begin) = (Queue::default(), Instant::now());
        let stalled = |queue: &mut Queue, at: u32| queue.is_behind(LATE, begin + at * LATE);
        assert!(!stalled(&mut queue, 1));
        assert!(!queue.is_behind(LONGEST, begin + 2 * LATE), "it was answered in time");
        for at in 3..7 {
            assert!(!stalled(&mut queue, at), "{at}");
        }
        assert!(stalled(&mut queue, 7), "late for a second without an answer in time");
    }

    #[test]
    fn stalls_with_nobody_between_them_are_no_queue() {
        let (mut queue, begin) = (Queue::default(), Instant::now());
        for at in 1..9 {
            assert!(!queue.is_behind(LATE, begin + at * (STALL + LATE)), "{at}");
        }
    }

    #[test]
    fn an_overload_that_comes_back_is_met_at_once() {
        let (mut queue, begin) = (Queue::default(), Instant::now());
        assert!(queue.is_behind(STALL, begin));
        assert!(!queue.is_behind(Duration::ZERO, begin + STALL));
        assert!(queue.is_behind(LATE, begin + 2 * STALL));
        assert!(!queue.is_behind(LATE, begin + 2 * STALL + AFTERMATH), "after a while it is a stall again");
    }
}
