//! `cargo xtask test`: the test command of the README.
//!
//! All legs build the workspace's default features, so that cargo builds every dependency once to check and once to run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::builder::PossibleValuesParser;

use crate::leg::{self, Leg};
use crate::tool::NEXTEST;
use crate::{cargo, check};

const LEGS: &[Leg] = &[
    Leg { name: "nextest", shows: "unit, property and integration tests", tool: Some(&NEXTEST), run: nextest },
    Leg { name: "doctests", shows: "the examples in the documentation", tool: None, run: doctests },
    Leg { name: "examples", shows: "every example program runs to its end", tool: None, run: examples },
];

/// What follows `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only these legs.
    #[arg(value_name = "LEG", value_parser = PossibleValuesParser::new(all().map(|leg| leg.name)))]
    legs: Vec<String>,
}

impl Arguments {
    pub(crate) fn run(&self) -> ExitCode {
        leg::run("test", &leg::named(all(), &self.legs))
    }
}

fn all() -> impl Iterator<Item = Leg> {
    check::LEGS.iter().chain(LEGS).copied()
}

fn nextest() -> Result<()> {
    cargo::run(&["nextest", "run", "--workspace", "--no-fail-fast"])
}

fn doctests() -> Result<()> {
    cargo::run(&["test", "--workspace", "--doc"])
}

/// Runs what the build made rather than `cargo run`, which would build each example's crate again with its own features.
/// An example ends by itself when its standard input is empty.
fn examples() -> Result<()> {
    let messages =
        cargo::output(&["build", "--workspace", "--examples", "--message-format", "json-render-diagnostics"])?;
    let programs = example_programs(&messages)?;
    for program in &programs {
        println!("$ {}", program.display());
        let status = cargo::command(program).status().context("the example does not start")?;
        if !status.success() {
            bail!("the example `{}` failed ({status})", program.display());
        }
    }
    println!("{} ran", programs.len());
    Ok(())
}

fn example_programs(messages: &str) -> Result<Vec<PathBuf>> {
    let mut programs = Vec::new();
    for line in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(line).context("cargo prints what is not JSON")?;
        let is_example = message["target"]["kind"][0] == "example";
        if let (true, Some(program)) = (is_example, message["executable"].as_str()) {
            programs.push(PathBuf::from(program));
        }
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_examples_are_run_as_examples() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"kind":["lib"]},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"kind":["example"]},"executable":"/t/examples/quickstart"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(example_programs(messages).unwrap(), [PathBuf::from("/t/examples/quickstart")]);
    }

    #[test]
    fn legs_have_names_of_their_own() {
        let mut names: Vec<_> = all().map(|leg| leg.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
