//! What a function needs of its surroundings: whatever deploys it has to agree.
#![cfg_attr(not(feature = "aws"), allow(dead_code, reason = "a program without AWS tells its needs all the same"))]

use std::time::Duration;

/// What is left of a call of the worker when the work under way is given up, so that the answer still arrives. What was given up
/// comes again, and its lease lapses before it does.
pub(crate) const WORKER_ANSWER_MARGIN: Duration = Duration::from_millis(1500);

/// No message is begun in less time than a fetch may take with what is committed after it: it could only be given up.
pub(crate) const LEAST_TO_BEGIN_A_MESSAGE: Duration = Duration::from_secs(12);

/// What is left of a call's time when nothing more is swept, so that what was sent is told.
pub(crate) const SWEEP_ANSWER_MARGIN: Duration = Duration::from_secs(2);

/// How often the sweeper has to be called: what was lost is late by that.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// For how many timeouts of the worker a message is hidden: a batch that is tried again must not meet itself
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>).
pub(crate) const TIMEOUTS_HIDDEN: u64 = 6;

/// After how many batches a message is among the dead letters, for a person to look at it.
pub(crate) const MOST_RECEIVES: u64 = 5;

/// The shortest timeout that a call of the worker may have, in seconds.
pub(crate) fn worker_timeout() -> u64 {
    whole_seconds(LEAST_TO_BEGIN_A_MESSAGE + WORKER_ANSWER_MARGIN)
}

/// Timeouts are of whole seconds.
pub(crate) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_of_whole_seconds_and_has_to_be_14_of_them() {
        let rows = [(4998, 5), (5000, 5), (5001, 6), (13_400, 14), (13_999, 14)];
        for (millis, seconds) in rows {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds);
        }
        assert_eq!(worker_timeout(), 14);
    }
}
