//! The command itself: which proofs are run with which inputs, and what is printed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::builder::PossibleValuesParser;

use super::inputs::Inputs;
use super::proofs::{CONTRACT, Depth, PROOFS, Proof};
use super::row::{self, Counts, Id, Missed, Row};
use super::world::Seeds;
use super::{kept, mutants};
use crate::tool::NEXTEST;

/// What follows `cargo xtask prove`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// Only these; without any, all of them, and unless it is `--quick` the table is kept in `docs/generated/proof.md`.
    #[arg(value_name = "PROOF", value_parser = PossibleValuesParser::new(names()))]
    proofs: Vec<String>,
    /// As much as the test command has time for.
    #[arg(long)]
    quick: bool,
    /// Take the cases from these files (`ssrf.json`, `jwt.json` and so on) in place of our own tables.
    #[arg(long, value_name = "DIRECTORY")]
    cases: Option<PathBuf>,
    #[command(flatten)]
    seeds: Seeds,
}

/// The names of the proofs, each once.
fn names() -> BTreeSet<&'static str> {
    PROOFS.iter().map(|proof| proof.name).collect()
}

/// What is no part of a whole run.
#[derive(Debug, clap::Subcommand)]
enum Other {
    /// Takes conditions and checks away, one at a time, and tells which of that no test sees; goes on where it was broken off.
    Mutants(mutants::Arguments),
}

impl Arguments {
    pub(crate) fn run(self) -> Result<ExitCode> {
        if let Some(Other::Mutants(arguments)) = self.other {
            return arguments.run();
        }
        self.seeds.choose(&self.proofs)?;
        let inputs = Inputs::of(self.cases)?;
        let depth = if self.quick { Depth::Quick } else { Depth::Full };
        let is_whole = self.proofs.is_empty() && depth == Depth::Full;
        let chosen =
            PROOFS.iter().filter(|proof| self.proofs.is_empty() || self.proofs.iter().any(|name| name == proof.name));
        let rows = prove(chosen, &inputs, depth)?;
        if is_whole {
            kept::write(&rows, &inputs)?;
        }
        Ok(if rows.iter().all(Row::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The leg of the test command: all promises with our own tables.
pub(crate) fn quick() -> Result<()> {
    let proofs = PROOFS.iter().filter(|proof| proof.name != CONTRACT);
    let rows = prove(proofs, &Inputs::Own, Depth::Quick)?;
    let broken: Vec<_> = rows.iter().filter(|row| !row.holds()).map(|row| row.promise).collect();
    if !broken.is_empty() {
        bail!("not held: {}", broken.join("; "));
    }
    Ok(())
}

/// Runs them, whatever becomes of each, and prints the table.
fn prove<'a>(proofs: impl Iterator<Item = &'a Proof>, inputs: &Inputs, depth: Depth) -> Result<Vec<Row>> {
    NEXTEST.ensure()?;
    println!("the inputs are {inputs}");
    let rows: Vec<_> = proofs
        .map(|Proof { name, promise, run }| {
            println!("\n── {name}: {promise}");
            run(promise, inputs, depth).unwrap_or_else(|error| broken(name, promise, &error))
        })
        .collect();
    print!("\n{}\n{}", row::table(&rows), row::misses(&rows));
    println!("the inputs were {inputs}");
    Ok(rows)
}

/// A proof that could not be made is none.
fn broken(name: &str, promise: &'static str, error: &anyhow::Error) -> Row {
    let (id, expected) = (Id::Name(name.to_owned()), "a proof".to_owned());
    let missed = Missed { id, expected, got: "none".to_owned(), why: format!("{error:#}") };
    Row { promise, counts: Counts { missed: vec![missed], ..Counts::default() }, figure: "not proved".to_owned() }
}
