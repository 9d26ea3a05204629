//! What schemathesis says of a run as a whole.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The phases, all of which must have made calls.
const PHASES: [&str; 4] = ["examples", "coverage", "fuzzing", "stateful"];

/// Its report of a run.
pub(super) struct Summary(Value);

impl Summary {
    pub(super) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).context("schemathesis wrote no report")?;
        Ok(Self(serde_json::from_str(&text).context("the report of schemathesis is not JSON")?))
    }

    /// How many operations were called, and by how many cases.
    pub(super) fn counts(&self) -> Result<(u64, u64)> {
        let of = |pointer| self.0.pointer(pointer).and_then(Value::as_u64).with_context(|| format!("no `{pointer}`"));
        Ok((of("/operations/tested")?, of("/test_cases/generated")?))
    }

    /// Fails unless every operation was called in every phase and nothing was found.
    pub(super) fn check(&self) -> Result<()> {
        let report = &self.0;
        ensure!(report["complete"] == true, "the run was not ended: {}", report["stop_reason"]);
        let operations = &report["operations"];
        let all_tested =
            operations["total"].as_u64().is_some_and(|total| total > 0) && operations["tested"] == operations["total"];
        ensure!(all_tested, "not every operation was called: {operations}");
        for phase in PHASES {
            let outcome = &report["phases"][phase];
            ensure!(outcome["status"] == "success", "the phase `{phase}` did not pass: {outcome}");
        }
        for kind in ["failures", "errors"] {
            match report[kind].as_array() {
                Some(found) if found.is_empty() => {}
                _ => bail!("{kind} outside the baseline: {}", report[kind]),
            }
        }
        Ok(())
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        let (operations, cases) = (&report["operations"]["tested"], &report["test_cases"]);
        let (generated, findings) = (&cases["generated"], &cases["unique_failures"]);
        write!(f, "{operations} operations, {generated} cases, {findings} findings, {} errors", cases["errored"])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passed() -> Value {
        let phase = || json!({ "status": "success", "skip_reason": null });
        json!({
            "complete": true,
            "operations": { "total": 33, "tested": 33 },
            "phases": { "examples": phase(), "coverage": phase(), "fuzzing": phase(), "stateful": phase() },
            "test_cases": { "generated": 900, "unique_failures": 0, "errored": 0 },
            "failures": [],
            "errors": [],
        })
    }

    #[test]
    fn a_run_passes_that_called_everything_and_found_nothing() {
        let summary = Summary(passed());
        assert!(summary.check().is_ok());
        assert_eq!(summary.to_string(), "33 operations, 900 cases, 0 findings, 0 errors");
        assert_eq!(summary.counts().unwrap(), (33, 900));
    }

    #[test]
    fn a_run_fails_that_found_something_or_left_something_out() {
        let changes = [
            ("/complete", json!(false)),
            ("/operations/tested", json!(32)),
            ("/operations/total", json!(null)),
            ("/phases/fuzzing/status", json!("skip")),
            ("/failures", json!([{ "code": "ST202" }])),
            ("/errors", json!([{ "title": "Network Error" }])),
            ("/errors", json!(null)),
        ];
        for (place, value) in changes {
            let mut report = passed();
            *report.pointer_mut(place).unwrap() = value;
            assert!(Summary(report).check().is_err(), "{place}");
        }
    }
}
