//! A leg: one named part of `check` or `test`, that can be run alone.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::tool::Tool;

/// One named part of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    /// The name, as typed behind the command.
    pub(crate) name: &'static str,
    /// What it shows.
    pub(crate) shows: &'static str,
    /// What must be installed for it.
    pub(crate) tool: Option<&'static Tool>,
    /// Runs it.
    pub(crate) run: fn() -> Result<()>,
}

/// Runs all legs, whatever becomes of each, and prints the result of every one, the failed with the command to run it
/// alone, and how many passed.
pub(crate) fn run(command: &str, legs: &[Leg]) -> ExitCode {
    let outcomes: Vec<Outcome> = legs.iter().map(Outcome::of).collect();
    print!("{}", summary(command, &outcomes));
    if outcomes.iter().all(|outcome| outcome.passed) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The legs named, or all.
pub(crate) fn named(legs: impl IntoIterator<Item = Leg>, names: &[String]) -> Vec<Leg> {
    legs.into_iter().filter(|leg| names.is_empty() || names.iter().any(|name| name == leg.name)).collect()
}

struct Outcome {
    name: &'static str,
    passed: bool,
    took: Duration,
}

impl Outcome {
    fn of(leg: &Leg) -> Self {
        println!("\n── {}: {}", leg.name, leg.shows);
        let start = Instant::now();
        let result = leg.tool.map_or(Ok(()), Tool::ensure).and_then(|()| (leg.run)());
        if let Err(error) = &result {
            println!("{error:#}");
        }
        Self { name: leg.name, passed: result.is_ok(), took: start.elapsed() }
    }
}

fn summary(command: &str, outcomes: &[Outcome]) -> String {
    let mut text = "\n".to_owned();
    for Outcome { name, passed, took } in outcomes {
        let word = if *passed { "passed" } else { "FAILED" };
        let _ = writeln!(text, "{name:<12} {word} {:>7.1} s", took.as_secs_f64());
    }
    let (passed, failed): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome.passed);
    for outcome in &failed {
        let _ = writeln!(text, "`{}` failed; alone: cargo xtask {command} {}", outcome.name, outcome.name);
    }
    let _ = writeln!(text, "\n{} passed, {} failed", passed.len(), failed.len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_ends_with_the_count_and_names_what_failed() {
        let outcomes = [
            Outcome { name: "format", passed: true, took: Duration::from_millis(840) },
            Outcome { name: "clippy", passed: false, took: Duration::from_secs(61) },
        ];
        let text = summary("test", &outcomes);
        assert!(text.contains("format       passed     0.8 s\n"), "{text}");
        assert!(text.contains("`clippy` failed; alone: cargo xtask test clippy\n"), "{text}");
        assert!(text.ends_with("\n\n1 passed, 1 failed\n"), "{text}");
    }

    #[test]
    fn no_name_means_all_legs() {
        let leg = |name| Leg { name, shows: "", tool: None, run: || Ok(()) };
        let names = |given: &[&str]| {
            let given: Vec<String> = given.iter().map(ToString::to_string).collect();
            named([leg("one"), leg("two")], &given).iter().map(|leg| leg.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["one", "two"]);
        assert_eq!(names(&["two"]), ["two"]);
    }

    #[test]
    fn a_failing_leg_fails_the_run_and_the_next_one_still_runs() {
        let failing = Leg { name: "failing", shows: "", tool: None, run: || anyhow::bail!("no") };
        let outcome = Outcome::of(&failing);
        assert!(!outcome.passed);
    }
}
