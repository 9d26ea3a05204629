//! Calls that would wait for too long, refused before anything is done for them.
//!
//! What counts is how long calls wait and not how many there are: one that waits for a visit, or for a body that arrives slowly, costs
//! nothing meanwhile.

use std::fmt::Debug;
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

/// Refuses calls that would wait for too long.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    waiting: Arc<dyn Waiting>,
    queues: Arc<Mutex<Queues>>,
}

#[derive(Debug, Default)]
struct Queues {
    reading: Queue,
    writing: Queue,
}

impl Gate {
    pub(super) fn new(waiting: Arc<dyn Waiting>) -> Self {
        Self { waiting, queues: Arc::default() }
    }

    /// # Errors
    /// `503 unavailable`, with the time after which to come again.
    pub(super) fn admit(&self, method: &Method) -> Result<(), Problem> {
        let now = Instant::now();
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let is_behind = queues.reading.is_behind(self.waiting.reading(), now);
        // A call that writes reads too.
        let is_behind = is_behind || (!method.is_safe() && queues.writing.is_behind(self.waiting.writing(), now));
        drop(queues);
        if !is_behind {
            return Ok(());
        }
        measure::refuse();
        let detail =
            "there are more calls than can be answered in time; nothing was done, try again when `Retry-After` says";
        Err(Problem::new(Code::Unavailable, detail).after(AWAY))
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

    #[test]
    fn who_would_wait_for_too_long_is_refused_and_who_only_reads_waits_for_no_write() {
        let (short, long) = (LONGEST, STALL);
        for (reading, writing, get, post) in [
            (short, short, true, true),
            (short, long, true, false),
            (long, short, false, false),
            (long, long, false, false),
        ] {
            let gate = Gate::new(Arc::new(Waits { reading, writing }));
            assert_eq!(gate.admit(&Method::GET).is_ok(), get, "{gate:?}");
            assert_eq!(gate.admit(&Method::POST).is_ok(), post, "{gate:?}");
        }
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
