//! The real program, killed over and over under writers.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::inputs::Inputs;
use super::proofs::Depth;
use super::row::{Counts, Row};
use super::told;
use crate::cargo;

/// What the test tells.
#[derive(Deserialize)]
struct Told {
    rounds: usize,
    answered: usize,
    resent: usize,
}

/// Kills it, and compares what was acknowledged with what is there.
pub(super) fn run(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    let rounds = if depth == Depth::Quick { 50 } else { 200 };
    let mut command = cargo::command("cargo");
    command.args([
        "nextest",
        "run",
        "--workspace",
        "--test",
        "program",
        "--no-capture",
        "--filterset",
        "test(/^killing::/)",
    ]);
    command.env("WISHLIST_TEST_ROUNDS", rounds.to_string());
    // One that fails tells nothing, and neither may another one beside it.
    let told = told::each(command)?.pop().context("the kills told nothing")?;
    let Told { rounds, answered, resent } = told;
    let counts = Counts { cases: rounds, held: rounds, ..Counts::default() };
    let figure = format!("{answered} acknowledged calls, {resent} of them sent more than once, none lost, none twice");
    Ok(Row { promise, counts, figure })
}
