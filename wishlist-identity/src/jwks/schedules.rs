//! Who fetches, who waits and who goes away, in thousands of orders.
//!
//! The cache is the one that ships, with its own locks. Every look at the clock and every step of a fetch lets shuttle
//! run another caller first; where all are left waiting, shuttle fails the schedule. See decision 30.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use async_trait::async_trait;
use serde_json::json;
use shuttle::rand::Rng as _;
use wishlist_core::clock::{Clock, Timestamp};
use wishlist_core::error::{Error, Kind, Result};

use super::cache::{COOL_DOWN, Jwks};
use super::source::JwksSource;
use crate::rejection::Rejection;
use crate::token::Algorithm;

const SCHEDULES: usize = 3000;
const CALLERS: usize = 5;

/// Stands still until it is told to go on; whoever looks at it may be overtaken meanwhile.
#[derive(Debug)]
struct Hands(AtomicI64);

impl Hands {
    fn advance(&self) {
        let period = i64::try_from(COOL_DOWN.as_millis()).unwrap();
        self.0.fetch_add(period, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        shuttle::thread::yield_now();
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Takes a few steps over an answer, and counts.
#[derive(Debug, Default)]
struct Issuer {
    fails: AtomicBool,
    fetching: AtomicUsize,
    fetches: AtomicUsize,
}

/// Counts a fetch as under way until it ends or is dropped.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl JwksSource for Issuer {
    async fn fetch(&self) -> Result<String> {
        assert_eq!(self.fetching.fetch_add(1, Ordering::SeqCst), 0, "two fetches at once");
        let _under_way = UnderWay(&self.fetching);
        self.fetches.fetch_add(1, Ordering::SeqCst);
        for _ in 0..shuttle::rand::thread_rng().gen_range(0..4) {
            shuttle::future::yield_now().await;
        }
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::new(Kind::Unavailable, "HTTP status 500"));
        }
        let coordinate = crate::token::encode([7; 32]);
        let key = json!({ "kty": "EC", "crv": "P-256", "kid": "k1", "x": coordinate, "y": coordinate });
        Ok(json!({ "keys": [key] }).to_string())
    }
}

/// A caller that goes away when it was asked to wait so often.
struct Impatient<F> {
    call: Pin<Box<F>>,
    patience: usize,
}

impl<F: Future> Future for Impatient<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.call.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if self.patience == 0 => Poll::Ready(None),
            Poll::Pending => {
                self.patience -= 1;
                Poll::Pending
            }
        }
    }
}

struct World {
    clock: Arc<Hands>,
    issuer: Arc<Issuer>,
    jwks: Arc<Jwks>,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(Hands(AtomicI64::new(1_795_368_000_000)));
        let issuer = Arc::new(Issuer::default());
        let jwks = Arc::new(Jwks::unbounded(issuer.clone(), Algorithm::Es256, clock.clone()));
        Self { clock, issuer, jwks }
    }

    /// A caller with a task of its own. Answers `None` where its patience ended first.
    fn caller(&self, id: &'static str, patience: usize) -> shuttle::future::JoinHandle<Option<Result<(), Rejection>>> {
        let jwks = Arc::clone(&self.jwks);
        let call = async move { jwks.with_key(id).await.map(|_| ()) };
        shuttle::future::spawn(Impatient { call: Box::pin(call), patience })
    }

    /// Fails where there were other than so many fetches, and where one never ended.
    fn fetched(&self, times: impl std::ops::RangeBounds<usize>) {
        let fetches = self.issuer.fetches.load(Ordering::SeqCst);
        assert!(times.contains(&fetches), "{fetches}");
        assert_eq!(self.issuer.fetching.load(Ordering::SeqCst), 0);
    }
}

/// Half of the schedules are drawn at random, the others place few changes of turn deliberately (Burckhardt et al., "A
/// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs").
fn in_every_order(scenario: impl Fn() + Send + Sync + Copy + 'static) {
    shuttle::check_random(scenario, SCHEDULES);
    shuttle::check_pct(scenario, SCHEDULES, 3);
}

#[test]
fn one_fetch_serves_everybody_in_every_order() {
    in_every_order(|| {
        let world = World::new();
        let callers: Vec<_> = (0..CALLERS).map(|_| world.caller("k1", usize::MAX)).collect();
        let stranger = world.caller("forged", usize::MAX);
        for caller in callers {
            assert_eq!(shuttle::future::block_on(caller).unwrap(), Some(Ok(())));
        }
        assert_eq!(shuttle::future::block_on(stranger).unwrap(), Some(Err(Rejection::UnknownKey)));
        world.fetched(1..=1);
    });
}

#[test]
fn nobody_waits_for_ever_for_one_who_went_away() {
    in_every_order(|| {
        let world = World::new();
        let patience = |_| shuttle::rand::thread_rng().gen_range(0..3);
        let mut callers: Vec<_> = (0..CALLERS).map(patience).map(|patience| world.caller("k1", patience)).collect();
        callers.push(world.caller("k1", usize::MAX));
        world.clock.advance();
        for (place, caller) in callers.into_iter().enumerate() {
            let answer = shuttle::future::block_on(caller).unwrap();
            // Who went away used up the turn: those behind are told to come again.
            let told = matches!(answer, Some(Ok(()) | Err(Rejection::KeysUnavailable)));
            assert!(told || (answer.is_none() && place < CALLERS), "{place}: {answer:?}");
        }
        world.clock.advance();
        let last = shuttle::future::block_on(world.caller("k1", usize::MAX)).unwrap();
        assert_eq!(last, Some(Ok(())), "the turn was not handed over");
        world.fetched(1..=3);
    });
}

#[test]
fn an_outage_is_asked_about_once_in_a_period_in_every_order() {
    in_every_order(|| {
        let world = World::new();
        world.issuer.fails.store(true, Ordering::SeqCst);
        let callers: Vec<_> = (0..CALLERS).map(|_| world.caller("k1", usize::MAX)).collect();
        world.clock.advance();
        for caller in callers {
            assert_eq!(shuttle::future::block_on(caller).unwrap(), Some(Err(Rejection::KeysUnavailable)));
        }
        world.fetched(1..=2);
    });
}

#[test]
fn keys_that_are_due_are_read_by_one_while_the_others_go_on() {
    in_every_order(|| {
        let world = World::new();
        assert_eq!(shuttle::future::block_on(world.caller("k1", usize::MAX)).unwrap(), Some(Ok(())));
        for _ in 0..360 {
            world.clock.advance();
        }
        let callers: Vec<_> = (0..CALLERS).map(|_| world.caller("k1", usize::MAX)).collect();
        for caller in callers {
            assert_eq!(shuttle::future::block_on(caller).unwrap(), Some(Ok(())));
        }
        world.fetched(2..=2);
    });
}
