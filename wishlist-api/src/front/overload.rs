//! Calls that would wait for too long, refused before anything is done for them.
//!
//! What counts is how long calls wait and not how many there are: one that waits for a visit, or for a body that arrives slowly, costs
//! nothing meanwhile.

use std::fmt::Debug;
use std::sync::Arc;
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

/// Refuses a call that would wait for too long.
///
/// # Errors
/// `503 unavailable`, with the time after which to come again.
pub(super) fn check(waiting: Option<&Arc<dyn Waiting>>, method: &Method) -> Result<(), Problem> {
    let Some(waiting) = waiting else { return Ok(()) };
    let wait = if method.is_safe() { waiting.reading() } else { waiting.reading().max(waiting.writing()) };
    if wait <= LONGEST {
        return Ok(());
    }
    measure::refuse();
    let detail =
        "there are more calls than can be answered in time; nothing was done, try again when `Retry-After` says";
    Err(Problem::new(Code::Unavailable, detail).after(AWAY))
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

    #[test]
    fn who_would_wait_for_too_long_is_refused_and_who_only_reads_waits_for_no_write() {
        let (short, long) = (LONGEST, LONGEST + Duration::from_millis(1));
        for (reading, writing, get, post) in [
            (short, short, true, true),
            (short, long, true, false),
            (long, short, false, false),
            (long, long, false, false),
        ] {
            let waiting: Arc<dyn Waiting> = Arc::new(Waits { reading, writing });
            assert_eq!(check(Some(&waiting), &Method::GET).is_ok(), get, "{waiting:?}");
            assert_eq!(check(Some(&waiting), &Method::POST).is_ok(), post, "{waiting:?}");
        }
        assert!(check(None, &Method::POST).is_ok());
    }
}
