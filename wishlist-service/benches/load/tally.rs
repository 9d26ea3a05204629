//! What became of many calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::latencies::Latencies;

/// What became of one try of a call.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was answered as asked.
    Answered,
    /// It was refused, and told when to come again.
    Refused(Duration),
    /// Anything else.
    Lost(String),
}

/// The calls of a phase.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    answered: Vec<Duration>,
    refused: Vec<Duration>,
    lost: BTreeMap<String, usize>,
}

impl Tally {
    /// Counts a try that took so long from when it was due.
    pub(crate) fn count(&self, outcome: &Outcome, took: Duration) {
        let mut counts = self.counts();
        match outcome {
            Outcome::Answered => counts.answered.push(took),
            Outcome::Refused(_) => counts.refused.push(took),
            Outcome::Lost(how) => *counts.lost.entry(how.clone()).or_default() += 1,
        }
    }

    pub(crate) fn answered(&self) -> usize {
        self.counts().answered.len()
    }

    pub(crate) fn refused(&self) -> usize {
        self.counts().refused.len()
    }

    /// What was lost and how, where anything was.
    pub(crate) fn lost(&self) -> Option<String> {
        let counts = self.counts();
        let told: Vec<_> = counts.lost.iter().map(|(how, times)| format!("{times} × {how}")).collect();
        (!told.is_empty()).then(|| told.join(", "))
    }

    /// So many in a hundred of those answered took no longer; nothing where none was.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        Latencies::new(self.counts().answered.clone()).percentile(percent).unwrap_or_default()
    }

    /// The same of those refused.
    pub(crate) fn refused_within(&self, percent: usize) -> Duration {
        Latencies::new(self.counts().refused.clone()).percentile(percent).unwrap_or_default()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
