//! Runs what shows a case, and tells what came of it.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::reading::{Case, Reading, read};

/// What came of a case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Held,
    /// Tests that show it, which somebody else has to run.
    ByTests(&'static [&'static str]),
    NotYet(&'static str),
    Missed(String),
}

/// Judges a case by running all that shows it.
pub(crate) async fn judge(case: &Case) -> Verdict {
    let runs = match read(case) {
        Reading::Runs(runs) => runs,
        Reading::Tests(tests) => return Verdict::ByTests(tests),
        Reading::NotYet(feature) => return Verdict::NotYet(feature),
        Reading::Unknown(why) => return Verdict::Missed(why),
    };
    for run in runs {
        if let Err(panic) = AssertUnwindSafe(run()).catch_unwind().await {
            let told = panic.downcast_ref::<String>().map(String::as_str);
            let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
            return Verdict::Missed(told.unwrap_or("a panic").to_owned());
        }
    }
    Verdict::Held
}
