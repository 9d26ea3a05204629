//! When a call is tried again, and after what pause.

use std::time::Duration;

use http::{Method, StatusCode};

use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Answer, ChannelError};

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// For the whole call, its tries and pauses.
    pub(crate) timeout: Duration,
    /// For one try. The server holds a call with `wait` for up to 20 seconds.
    pub(crate) try_timeout: Duration,
    /// The most tries.
    pub(crate) tries: u32,
    /// The longest first pause; each next one may be twice as long.
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
}

impl Policy {
    pub(crate) const DEFAULT: Self = Self {
        timeout: Duration::from_mins(1),
        try_timeout: Duration::from_secs(25),
        tries: 5,
        first_pause: Duration::from_millis(200),
        longest_pause: Duration::from_secs(5),
    };

    /// The pause after so many tries: what the server asked for, and by chance up to a bound that grows, so that clients that
    /// failed together do not come back together.
    pub(crate) fn pause(&self, tries: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
        asked.unwrap_or_default().saturating_add(doubled.min(self.longest_pause).mul_f64(chance))
    }
}

/// What is known of a call after some tries.
#[derive(Debug, Default)]
pub(crate) struct Course {
    pub(crate) tries: u32,
    /// Whether one of them may have had its effect.
    is_unknown: bool,
}

/// A try that failed.
#[derive(Debug)]
pub(crate) struct Setback {
    pub(crate) error: Error,
    /// Whether another try may be different, and does nothing twice.
    pub(crate) is_passing: bool,
}

impl Course {
    /// What comes of one more try.
    pub(crate) fn judge(
        &mut self,
        call: &Call,
        outcome: std::result::Result<Answer, ChannelError>,
    ) -> std::result::Result<Answer, Setback> {
        self.tries += 1;
        let (error, is_passing) = match outcome {
            Ok(answer) if answer.status.is_success() => return Ok(answer),
            Ok(answer) if self.is_unknown && is_done_already(call, &answer) => return Ok(answer.without_body()),
            Ok(answer) => {
                self.is_unknown |= answer.status.is_server_error();
                let error = Error::of(&answer);
                let is_passing = is_passing(call, &error);
                (error, is_passing)
            }
            Err(ChannelError::NotSent(error)) => (error, true),
            Err(ChannelError::Unknown(error)) => {
                self.is_unknown = true;
                (error, call.is_repeatable())
            }
            Err(ChannelError::Lasting(error)) => (error, false),
        };
        Err(Setback { error, is_passing })
    }
}

/// Whether an answer says that an earlier try did what was asked for: what was to be removed is not there, or nobody is who was
/// to be forgotten.
fn is_done_already(call: &Call, answer: &Answer) -> bool {
    if call.method != Method::DELETE {
        return false;
    }
    match Error::of(answer).code() {
        Some("not_found") => true,
        Some("unauthenticated") => call.operation == "delete_me",
        // A page of a proxy knows nothing of it.
        _ => false,
    }
}

/// A number from 0 up to 1.
pub(crate) fn chance() -> Result<f64> {
    let drawn = getrandom::u32().map_err(no_randomness)?;
    Ok(f64::from(drawn) / (f64::from(u32::MAX) + 1.0))
}

/// A name for a call that no other one has.
pub(crate) fn key() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(no_randomness)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}

fn no_randomness(source: getrandom::Error) -> Error {
    Error::new(ErrorKind::Internal, "the system has no randomness").caused_by(source)
}

/// Whether an answer may be another one soon, and asking again does nothing twice.
fn is_passing(call: &Call, error: &Error) -> bool {
    let status = error.status().and_then(|status| StatusCode::from_u16(status).ok());
    match status {
        // It was refused before anything was done.
        Some(StatusCode::TOO_MANY_REQUESTS) => true,
        // The first try of this very call is still running.
        Some(StatusCode::CONFLICT) => error.code() == Some("in_progress") && call.is_repeatable(),
        Some(
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT,
        ) => call.is_repeatable(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_by_chance_under_a_bound_that_grows_and_never_shorter_than_asked() {
        let (policy, second) = (Policy::DEFAULT, Some(Duration::from_secs(1)));
        let rows = [
            (1, None, 0.0, 0),
            (1, None, 0.5, 100),
            (2, None, 0.5, 200),
            (3, None, 0.5, 400),
            (40, None, 0.5, 2_500),
            (1, second, 0.0, 1_000),
            (1, second, 0.5, 1_100),
        ];
        for (tries, asked, chance, expected) in rows {
            assert_eq!(
                policy.pause(tries, asked, chance),
                Duration::from_millis(expected),
                "{tries} {asked:?} {chance}"
            );
        }
    }

    #[test]
    fn chance_is_at_least_0_and_less_than_1_and_keys_differ() {
        assert!((0..100).all(|_| (0.0..1.0).contains(&chance().unwrap())));
        assert_ne!(key().unwrap(), key().unwrap());
    }
}
