//! Attempts at one call: under one deadline, and after each that failed a wait with full jitter.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::fault::{Fault, refused};
use crate::clock::Random;
use crate::error::{Error, Kind, Result};

/// The bound of the first wait; it doubles with every failure. A request takes three to ten milliseconds.
const FIRST_WAIT: Duration = Duration::from_millis(20);

/// The most that the bound of a wait is.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// An attempt may take this part of the time that is left for all: the one that hangs leaves room for others.
const PART: u32 = 3;

/// The attempts at one call.
#[derive(Debug)]
pub(super) struct Tries<'a> {
    deadline: Instant,
    bound: Duration,
    random: &'a dyn Random,
}

impl<'a> Tries<'a> {
    pub(super) fn within(time: Duration, random: &'a dyn Random) -> Self {
        Self { deadline: Instant::now() + time, bound: FIRST_WAIT, random }
    }

    /// Makes one attempt; one that takes too long is of unknown outcome.
    pub(super) async fn attempt<T>(&self, attempt: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let now = Instant::now();
        let end = now + self.deadline.saturating_duration_since(now) / PART;
        let late = |_| Err(Fault::Lost("no answer within the time for one attempt".to_owned()));
        timeout_at(end, attempt).await.unwrap_or_else(late)
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where there is no time for another one.
    pub(super) async fn wait(&mut self, causes: String) -> Result<()> {
        let bound = u64::try_from(self.bound.as_micros()).unwrap_or(u64::MAX);
        let wait = Duration::from_micros(self.random.below(bound));
        if Instant::now() + wait >= self.deadline {
            return Err(Error::new(Kind::Unavailable, "the table does not answer").with_source(causes));
        }
        sleep(wait).await;
        self.bound = (self.bound * 2).min(LONGEST_WAIT);
        Ok(())
    }

    /// Reads until an attempt succeeds: reading twice does no harm.
    pub(super) async fn read<T, Reading>(&mut self, mut read: impl FnMut() -> Reading) -> Result<T>
    where
        Reading: Future<Output = Result<T, Fault>>,
    {
        loop {
            match self.attempt(read()).await {
                Ok(answer) => return Ok(answer),
                Err(Fault::Busy(causes) | Fault::Lost(causes)) => self.wait(causes).await?,
                Err(Fault::Refused(error)) => return Err(error),
                Err(Fault::Race) => return Err(refused("a condition where there is none".to_owned())),
            }
        }
    }
}
