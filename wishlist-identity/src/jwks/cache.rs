//! The keys between tokens: fetched once for all who wait, seldom, and kept through an outage.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use wishlist_core::clock::{Clock, Timestamp};

use super::in_time::InTime;
use super::{JwksSource, KeySet};
use crate::rejection::Rejection;
use crate::token::Algorithm;

/// The least time between two fetches, whatever tokens come: a flood of made-up key ids costs the issuer six calls a minute.
pub(super) const COOL_DOWN: Duration = Duration::from_secs(10);
/// The age from which known keys are read again, so that a key which the issuer withdrew stops working.
const MAX_AGE: Duration = Duration::from_hours(1);

/// An issuer's keys, as last read.
#[derive(Debug)]
pub(crate) struct Jwks {
    source: Arc<dyn JwksSource>,
    algorithm: Algorithm,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Held by the one who fetches; the others wait for the outcome.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Debug, Clone, Default)]
struct State {
    keys: Option<Arc<KeySet>>,
    read_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

impl Jwks {
    pub(crate) fn new(source: Arc<dyn JwksSource>, algorithm: Algorithm, clock: Arc<dyn Clock>) -> Self {
        Self::unbounded(Arc::new(InTime(source)), algorithm, clock)
    }

    /// The same where the source itself gives up in time. Needs no timer, and so no runtime.
    pub(super) fn unbounded(source: Arc<dyn JwksSource>, algorithm: Algorithm, clock: Arc<dyn Clock>) -> Self {
        Self { source, algorithm, clock, state: Mutex::default(), fetching: tokio::sync::Mutex::default() }
    }

    /// A set that has a key of this id.
    ///
    /// Costs a fetch for the first token, for an unknown id after the cool-down, and once an hour. The hourly
    /// one holds up the token that found it due, and no other with a known key.
    pub(crate) async fn with_key(&self, id: &str) -> Result<Arc<KeySet>, Rejection> {
        let before = self.state();
        let _turn = match before.keys_with(id) {
            Some(keys) if !self.is_past(before.read_at, MAX_AGE) => return Ok(keys),
            Some(keys) => match self.fetching.try_lock() {
                Ok(turn) => turn,
                // Another is fetching: the keys at hand are good meanwhile.
                Err(_) => return Ok(keys),
            },
            // Where another is fetching, this waits for the outcome: it may bring the key.
            None => self.fetching.lock().await,
        };
        if self.may_fetch(&self.state()) {
            self.fetch().await;
        }
        let after = self.state();
        let missing = if after.keys.is_some() { Rejection::UnknownKey } else { Rejection::KeysUnavailable };
        after.keys_with(id).ok_or(missing)
    }

    /// How long no keys will be fetched.
    pub(crate) fn cools_down_for(&self) -> Duration {
        let state = self.state();
        let tried_at = state.tried_at.filter(|_| !self.may_fetch(&state));
        tried_at.map_or(Duration::ZERO, |tried_at| (tried_at + COOL_DOWN).since(self.clock.now()))
    }

    async fn fetch(&self) {
        // Before the fetch: a caller that goes away in the middle of it has used up the turn as well.
        let tried_at = self.clock.now();
        self.update(|state| state.tried_at = Some(tried_at));
        let outcome = match self.source.fetch().await {
            Ok(text) => KeySet::parse(&text, self.algorithm).map_err(str::to_owned),
            Err(error) => Err(error.chain()),
        };
        match outcome {
            Ok(keys) => {
                let read_at = self.clock.now();
                self.update(|state| {
                    state.keys = Some(Arc::new(keys));
                    state.read_at = Some(read_at);
                });
            }
            Err(reason) => {
                tracing::warn!(reason, "the issuer's keys could not be read; the last good ones stay in use");
            }
        }
    }

    fn may_fetch(&self, state: &State) -> bool {
        self.is_past(state.tried_at, COOL_DOWN)
    }

    /// Whether `period` is over since `start`; also where the clock was set back behind it, or nothing ever started.
    fn is_past(&self, start: Option<Timestamp>, period: Duration) -> bool {
        let now = self.clock.now();
        start.is_none_or(|start| now < start || now >= start + period)
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl State {
    fn keys_with(&self, id: &str) -> Option<Arc<KeySet>> {
        self.keys.clone().filter(|keys| keys.has(id))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use serde_json::json;
    use tokio::time::timeout;
    use wishlist_core::clock::ManualClock;
    use wishlist_core::error::{Error, Kind, Result};

    use super::super::in_time::FETCH_TIME;
    use super::*;

    /// Answers what it is told, after an hour where it is told nothing, and counts.
    #[derive(Debug, Default)]
    struct Issuer {
        answer: Mutex<Option<Result<Vec<&'static str>, ()>>>,
        fetches: AtomicUsize,
    }

    impl Issuer {
        fn publishes(&self, ids: &[&'static str]) {
            *self.answer.lock().unwrap() = Some(Ok(ids.to_vec()));
        }

        fn fails(&self) {
            *self.answer.lock().unwrap() = Some(Err(()));
        }

        fn hangs(&self) {
            *self.answer.lock().unwrap() = None;
        }

        fn fetches(&self) -> usize {
            self.fetches.load(Ordering::SeqCst)
        }
    }

    #[async_trait]
    impl JwksSource for Issuer {
        async fn fetch(&self) -> Result<String> {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            let answer = self.answer.lock().unwrap().clone();
            let Some(answer) = answer else {
                tokio::time::sleep(Duration::from_hours(1)).await;
                return Err(Error::new(Kind::Unavailable, "late"));
            };
            tokio::time::sleep(Duration::from_millis(100)).await;
            let ids = answer.map_err(|()| Error::new(Kind::Unavailable, "HTTP status 500"))?;
            let coordinate = crate::token::encode([7; 32]);
            let key = |id| json!({ "kty": "EC", "crv": "P-256", "kid": id, "x": coordinate, "y": coordinate });
            Ok(json!({ "keys": ids.into_iter().map(key).collect::<Vec<_>>() }).to_string())
        }
    }

    struct World {
        issuer: Arc<Issuer>,
        clock: Arc<ManualClock>,
        jwks: Jwks,
    }

    impl World {
        fn new() -> Self {
            let issuer = Arc::new(Issuer::default());
            let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
            let jwks = Jwks::new(issuer.clone(), Algorithm::Es256, clock.clone());
            Self { issuer, clock, jwks }
        }

        async fn with_keys(ids: &[&'static str]) -> Self {
            let world = Self::new();
            world.issuer.publishes(ids);
            for id in ids {
                assert_eq!(world.ask(id).await, Ok(()));
            }
            world
        }

        async fn ask(&self, id: &str) -> Result<(), Rejection> {
            self.jwks.with_key(id).await.map(|_| ())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_fetch_serves_all_who_wait() {
        let world = World::new();
        world.issuer.publishes(&["k1"]);
        let (a, b, c) = tokio::join!(world.ask("k1"), world.ask("k1"), world.ask("forged"));
        assert_eq!((a, b, c), (Ok(()), Ok(()), Err(Rejection::UnknownKey)));
        assert_eq!(world.issuer.fetches(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_unknown_ids_costs_one_fetch_in_ten_seconds() {
        let world = World::with_keys(&["k1"]).await;
        for second in 1..=60 {
            world.clock.advance(Duration::from_secs(1));
            for n in 0..20 {
                assert_eq!(world.ask(&format!("forged-{second}-{n}")).await, Err(Rejection::UnknownKey));
            }
        }
        assert_eq!(world.issuer.fetches(), 1 + 6);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rotated_key_is_found_within_one_window_even_under_a_flood() {
        let world = World::with_keys(&["k1"]).await;
        world.clock.advance(COOL_DOWN);
        assert_eq!(world.ask("forged").await, Err(Rejection::UnknownKey));
        world.issuer.publishes(&["k1", "k2"]);
        assert_eq!(world.ask("k2").await, Err(Rejection::UnknownKey));
        world.clock.advance(COOL_DOWN);
        assert_eq!(world.ask("k2").await, Ok(()));
        assert_eq!(world.issuer.fetches(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn known_keys_survive_an_outage() {
        let world = World::with_keys(&["k1"]).await;
        for outage in [Issuer::fails, Issuer::hangs, |issuer: &Issuer| issuer.publishes(&[])] {
            outage(&world.issuer);
            world.clock.advance(MAX_AGE);
            let before = tokio::time::Instant::now();
            assert_eq!(world.ask("k1").await, Ok(()));
            assert_eq!(world.ask("k2").await, Err(Rejection::UnknownKey));
            assert!(before.elapsed() < Duration::from_secs(3));
            let fetches = world.issuer.fetches();
            assert_eq!(world.ask("k1").await, Ok(()));
            assert_eq!(world.issuer.fetches(), fetches, "once in ten seconds, also for keys that are too old");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_any_key_so_far_the_fault_is_a_passing_one() {
        let world = World::new();
        world.issuer.fails();
        assert_eq!(world.ask("k1").await, Err(Rejection::KeysUnavailable));
        world.issuer.publishes(&["k1"]);
        assert_eq!(world.ask("k1").await, Err(Rejection::KeysUnavailable), "the cool-down holds after a failure too");
        assert_eq!(world.jwks.cools_down_for(), COOL_DOWN);
        world.clock.advance(Duration::from_secs(3));
        assert_eq!(world.jwks.cools_down_for(), Duration::from_secs(7));
        world.clock.advance(world.jwks.cools_down_for());
        assert_eq!(world.jwks.cools_down_for(), Duration::ZERO);
        assert_eq!(world.ask("k1").await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_withdrawn_key_stops_working_within_the_hour() {
        let world = World::with_keys(&["k1", "k2"]).await;
        world.issuer.publishes(&["k2"]);
        let moment = Duration::from_millis(1);
        world.clock.advance(MAX_AGE.saturating_sub(moment));
        assert_eq!(world.ask("k1").await, Ok(()));
        world.clock.advance(moment);
        assert_eq!(world.ask("k1").await, Err(Rejection::UnknownKey));
    }

    #[tokio::test(start_paused = true)]
    async fn a_known_key_does_not_wait_for_the_hourly_fetch_of_another() {
        let world = World::with_keys(&["k1"]).await;
        world.issuer.hangs();
        world.clock.advance(MAX_AGE);
        let before = tokio::time::Instant::now();
        let waits = async {
            world.ask("k1").await.unwrap();
            before.elapsed()
        };
        let passes = async {
            world.ask("k1").await.unwrap();
            before.elapsed()
        };
        let (first, second) = tokio::join!(waits, passes);
        assert_eq!((first, second), (FETCH_TIME, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_goes_away_does_not_block_the_next() {
        let world = World::new();
        world.issuer.hangs();
        assert!(timeout(Duration::from_millis(10), world.ask("k1")).await.is_err());
        world.issuer.publishes(&["k1"]);
        world.clock.advance(COOL_DOWN);
        assert_eq!(world.ask("k1").await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_set_back_does_not_stop_the_fetches() {
        let issuer = Arc::new(Issuer::default());
        issuer.publishes(&["k1"]);
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_000_000)));
        let jwks = Jwks::new(issuer.clone(), Algorithm::Es256, clock);
        jwks.update(|state| state.tried_at = Some(Timestamp::from_millis(9_000_000)));
        assert!(jwks.with_key("k1").await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn ids_are_compared_byte_for_byte() {
        let world = World::with_keys(&["k1"]).await;
        assert_eq!(world.ask("K1").await, Err(Rejection::UnknownKey));
    }
}
