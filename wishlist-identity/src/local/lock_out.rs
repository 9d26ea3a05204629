//! The growing delay after wrong passwords: pure but for the record's shape.
//!
//! It counts by address, known or not. Whoever guesses at an address can so keep its owner waiting, at most 15 minutes at
//! a time; a new password by mail ends it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wishlist_core::clock::Timestamp;
use wishlist_core::error::{Error, Result};
use wishlist_core::table::keys::{self, EmailDigest};
use wishlist_core::table::{Entity, Key};

/// How many wrong passwords in a row are answered at once.
const FREE: u32 = 5;
/// The longest delay: 96 guesses a day at one address.
const LONGEST: Duration = Duration::from_mins(15);
/// How long wrong passwords are remembered.
const MEMORY: Duration = Duration::from_hours(24);
/// How far back the clock may be set before a failure seems to come from the future. It delays nobody then: the wait would
/// last for as long as the clock was off.
const CLOCK_LEEWAY: Duration = Duration::from_mins(1);

/// Wrong passwords in a row for one address.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tries {
    login: EmailDigest,
    failures: u32,
    failed_at: Timestamp,
}

impl Entity for Tries {
    fn key(&self) -> Key {
        keys::tries(&self.login)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.failed_at + MEMORY)
    }
}

impl Tries {
    /// The record after one more wrong password.
    pub(super) fn after(last: Option<&Self>, login: &EmailDigest, now: Timestamp) -> Self {
        let failures = last.map_or(0, |last| last.failures).saturating_add(1);
        Self { login: login.clone(), failures, failed_at: now }
    }

    /// Refuses a try that comes before the delay is over.
    pub(super) fn check(last: Option<&Self>, now: Timestamp) -> Result<()> {
        match last.and_then(|last| last.wait(now)) {
            Some(wait) => {
                Err(Error::rate_limited("too many wrong passwords for this address; wait, then try again", wait))
            }
            None => Ok(()),
        }
    }

    /// How long the next try has to wait from `now` on.
    fn wait(&self, now: Timestamp) -> Option<Duration> {
        let doublings = self.failures.checked_sub(FREE)?;
        if self.failed_at > now + CLOCK_LEEWAY {
            return None;
        }
        let seconds = 1u64.checked_shl(doublings).unwrap_or(u64::MAX);
        let until = self.failed_at + Duration::from_secs(seconds).min(LONGEST);
        Some(until.since(now)).filter(|wait| !wait.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_795_368_000_000);

    fn after(failures: u32) -> Tries {
        let login = EmailDigest::of("alice@example.com");
        let mut tries = Tries::after(None, &login, START);
        for _ in 1..failures {
            tries = Tries::after(Some(&tries), &login, START);
        }
        tries
    }

    #[test]
    fn the_delay_doubles_from_a_second_to_fifteen_minutes() {
        let seconds = |failures| after(failures).wait(START).map(|wait| wait.as_secs());
        let rows = [(1, None), (4, None), (5, Some(1)), (6, Some(2)), (7, Some(4)), (14, Some(512)), (15, Some(900))];
        for (failures, wait) in rows {
            assert_eq!(seconds(failures), wait, "{failures}");
        }
        assert_eq!(seconds(68), Some(900));
        assert_eq!(seconds(69), Some(900));
        assert_eq!(seconds(1000), Some(900));
    }

    #[test]
    fn a_delay_ends_whatever_the_clock_does() {
        let tries = after(20);
        for (now, waits) in [
            (START + Duration::from_secs(899), true),
            (START + Duration::from_mins(15), false),
            (START + Duration::from_hours(1), false),
            (START - CLOCK_LEEWAY, true),
            (START - CLOCK_LEEWAY - Duration::from_millis(1), false),
            (START - Duration::from_hours(1), false),
        ] {
            assert_eq!(tries.wait(now).is_some(), waits, "{now}");
        }
    }

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let error = Tries::check(Some(&after(8)), START).unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(8)));
        assert!(Tries::check(None, START).is_ok());
    }
}
