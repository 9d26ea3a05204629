//! How often one caller may call.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use wishlist_core::error::Error;
use wishlist_core::ids::UserId;

/// After so many calls, callers whose bucket is full again are forgotten. A bucket is full two seconds after its last call,
/// so what is kept is bounded by the callers of two seconds and of so many calls, some hundred bytes each.
const SWEPT_AFTER: u32 = 4096;

/// Whose calls are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    User(UserId),
    Address(Option<IpAddr>),
}

/// The calls of each caller, as a bucket that refills steadily (the generic cell rate algorithm).
#[derive(Debug)]
pub(super) struct Rates<C: Clock = MonotonicClock> {
    limiter: RateLimiter<Caller, HashMapStateStore<Caller>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    calls: AtomicU32,
}

impl Rates {
    /// So many calls a second for each caller, and twice as many at once after a pause.
    pub(super) fn new(calls_per_second: NonZeroU32) -> Self {
        Self::by(MonotonicClock, calls_per_second)
    }
}

impl<C: Clock + Clone> Rates<C> {
    fn by(clock: C, calls_per_second: NonZeroU32) -> Self {
        let burst = calls_per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1));
        let quota = Quota::per_second(calls_per_second).allow_burst(burst);
        let limiter = RateLimiter::hashmap_with_clock(quota, clock.clone());
        Self { limiter, clock, calls: AtomicU32::new(0) }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// [`wishlist_core::Kind::RateLimited`] with the time after which the next one is taken.
    pub(super) fn count(&self, caller: &Caller) -> Result<(), Error> {
        if self.calls.fetch_add(1, Ordering::Relaxed) % SWEPT_AFTER == SWEPT_AFTER - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(caller).map_err(|until| {
            let wait: Duration = until.wait_time_from(self.clock.now());
            Error::rate_limited("expected fewer calls at a time; `Retry-After` says when the next is taken", wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use wishlist_core::Kind;

    use super::*;

    fn caller(number: u32) -> Caller {
        Caller::Address(Some(IpAddr::from(number.to_be_bytes())))
    }

    fn rates(calls_per_second: u32) -> (FakeRelativeClock, Rates<FakeRelativeClock>) {
        let clock = FakeRelativeClock::default();
        (clock.clone(), Rates::by(clock, NonZeroU32::new(calls_per_second).unwrap()))
    }

    #[test]
    fn a_caller_has_a_burst_and_then_a_steady_rate() {
        let (clock, rates) = rates(2);
        for _ in 0..4 {
            rates.count(&caller(1)).unwrap();
        }
        let refused = rates.count(&caller(1)).unwrap_err();
        assert_eq!((refused.kind(), refused.retry_after()), (Kind::RateLimited, Some(Duration::from_millis(500))));
        rates.count(&caller(2)).unwrap();
        clock.advance(Duration::from_millis(500));
        rates.count(&caller(1)).unwrap();
        assert!(rates.count(&caller(1)).is_err());
        clock.advance(Duration::from_mins(1));
        let taken = (0..10).filter(|_| rates.count(&caller(1)).is_ok()).count();
        assert_eq!(taken, 4, "a pause saves up the burst and no more");
    }

    #[test]
    fn callers_are_forgotten_when_their_bucket_is_full_again() {
        let (clock, rates) = rates(1);
        for number in 0..3 * SWEPT_AFTER {
            rates.count(&caller(number)).unwrap();
            clock.advance(Duration::from_millis(10));
        }
        let most = SWEPT_AFTER as usize + 300;
        assert!(rates.limiter.len() <= most, "{}", rates.limiter.len());
    }
}
