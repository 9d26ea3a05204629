//! Seeded worlds, in which everything that can go wrong does, on both tables.

use std::ops::Range;
use std::sync::OnceLock;

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::inputs::Inputs;
use super::proofs::Depth;
use super::row::{Counts, Row};
use super::told;
use crate::{aws, cargo};

/// The name of the proofs, which are one to whoever asks for it.
pub(super) const NAME: &str = "world";

/// The first of the seeds that the legs `nextest` and `aws` leave to the leg `prove`, so that the test command walks none twice.
const OTHERS: u64 = 1000;

/// Which worlds are asked for, where somebody says.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct Seeds {
    /// Of `world`: so many seeded worlds on each table.
    #[arg(long, value_name = "N", conflicts_with = "seed")]
    seeds: Option<u64>,
    /// Of `world`: only the world of this seed.
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
}

static CHOSEN: OnceLock<Seeds> = OnceLock::new();

impl Seeds {
    /// Takes these for the proofs of this command.
    ///
    /// # Errors
    /// Where seeds are named and the proof that has them is not.
    pub(super) fn choose(self, proofs: &[String]) -> Result<()> {
        let is_named = self.seeds.is_some() || self.seed.is_some();
        ensure!(
            !is_named || proofs.iter().all(|proof| proof == NAME) && !proofs.is_empty(),
            "only `{NAME}` has seeds: `cargo xtask prove {NAME} --seeds 5000`"
        );
        CHOSEN.get_or_init(|| self);
        Ok(())
    }

    fn range(self) -> Option<Range<u64>> {
        self.seed.map(|seed| seed..seed + 1).or(self.seeds.map(|seeds| 0..seeds))
    }
}

/// What the test tells.
#[derive(Deserialize)]
struct Told {
    #[serde(flatten)]
    counts: Counts,
    invariants: usize,
    answers: usize,
    calls: usize,
    faults: usize,
}

/// On SQLite, in the world's own thread.
pub(super) fn on_sqlite(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    let seeds = if depth == Depth::Quick { OTHERS..OTHERS + 300 } else { 0..1000 };
    run(promise, seeds, &["--workspace", "--filterset", "test(/^seeds::every_invariant/)"])
}

/// On DynamoDB's table over the model, beside SQLite.
pub(super) fn on_dynamodb(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    let seeds = if depth == Depth::Quick { OTHERS..OTHERS + 60 } else { 0..1000 };
    let chosen = [&aws::CHOSEN[..], &["--filterset", "test(/^dynamo::worlds::every_invariant/)"]].concat();
    let mut row = run(promise, seeds, &chosen)?;
    // What is not there yet is told once.
    row.counts.not_yet.clear();
    Ok(row)
}

fn run(promise: &'static str, seeds: Range<u64>, chosen: &[&str]) -> Result<Row> {
    let mut command = cargo::command("cargo");
    command.args(["nextest", "run", "--test", "world", "--no-capture"]).args(chosen);
    let asked = CHOSEN.get().copied().unwrap_or_default();
    let Range { start, end } = asked.range().unwrap_or(seeds);
    command.env("WISHLIST_TEST_SEEDS", format!("{start}..{end}"));
    let Told { counts, invariants, answers, calls, faults } = told::by(command)?;
    let figure =
        format!("{invariants} invariants; {answers} calls acknowledged, {calls} of the table, {faults} faults");
    Ok(Row { promise, counts, figure })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_of_worlds_alone() {
        let seeds = Seeds { seeds: Some(5), seed: None };
        assert!(seeds.choose(&[]).is_err());
        assert!(seeds.choose(&["kills".to_owned(), NAME.to_owned()]).is_err());
        assert!(seeds.choose(&[NAME.to_owned()]).is_ok());
        assert!(Seeds::default().choose(&["kills".to_owned()]).is_ok());
        assert_eq!(seeds.range(), Some(0..5));
        assert_eq!(Seeds { seeds: None, seed: Some(7) }.range(), Some(7..8));
        assert_eq!(Seeds::default().range(), None);
    }
}
