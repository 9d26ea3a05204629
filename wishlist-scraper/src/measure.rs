//! What is counted of background work. Without a recorder in the process it costs nothing.
//!
//! Labels are bounded: never a host or an id.

use std::time::Duration;

use wishlist_core::model::FailureCode;

/// Visits, by outcome and, where they failed, by reason.
const VISITS: &str = "wishlist_visits_total";

/// How long they took, by outcome.
const VISIT_DURATION: &str = "wishlist_visit_duration_seconds";

/// Runs of jobs, by outcome.
const JOBS: &str = "wishlist_job_runs_total";

/// Sweeps, by outcome.
const SWEEPS: &str = "wishlist_sweeps_total";

/// Records that were found due, whose message was lost or has not been taken.
const SWEPT: &str = "wishlist_swept_records_total";

/// Counts what became of a message to visit a page.
pub(crate) fn visit(outcome: &'static str, code: Option<FailureCode>, took: Duration) {
    let code = code.map_or_else(|| "none".to_owned(), |code| format!("{code:?}"));
    metrics::counter!(VISITS, "outcome" => outcome, "code" => code).increment(1);
    metrics::histogram!(VISIT_DURATION, "outcome" => outcome).record(took);
}

/// Counts a run of a job.
pub(crate) fn job(outcome: &'static str) {
    metrics::counter!(JOBS, "outcome" => outcome).increment(1);
}

/// Counts a sweep, and what it sent, also where a part of it failed.
pub(crate) fn sweep(sent: usize, succeeded: bool) {
    metrics::counter!(SWEEPS, "outcome" => if succeeded { "ok" } else { "error" }).increment(1);
    metrics::counter!(SWEPT).increment(u64::try_from(sent).unwrap_or(u64::MAX));
}
