//! The table and the real program on machines that break: without power, room, writes, memory, files, or the right
//! time.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

use super::inputs::Inputs;
use super::proofs::Depth;
use super::row::{Counts, Row};
use super::told;
use crate::cargo;
use crate::system::Needs;

/// What the tests of the machine call, and what they preload to set a clock.
const NEEDS: Needs = Needs {
    what: "mount, mkfs.ext4, prlimit and libfaketime",
    packages: &["mount", "util-linux", "e2fsprogs", "libfaketime"],
};

/// What a test tells.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// Losses of power, failures that were met, pages that mean harm.
    cases: usize,
    /// Calls that were acknowledged meanwhile, all of which were found again.
    #[serde(default)]
    done: usize,
    /// The most memory that the program had.
    #[serde(default)]
    peak_kib: u64,
}

/// Losses of power at any moment, and starts that are cut off at each of their steps.
pub(super) fn power(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    let losses = if depth == Depth::Quick { "25" } else { "1000" };
    let (cases, done, _) = sums(&told("power", "all()", ("WISHLIST_TEST_LOSSES", losses))?);
    let figure = format!("{losses} losses at any moment; {done} acknowledged calls, none lost, none by half");
    Ok(row(promise, cases, figure))
}

/// What the machine of the program does not have.
pub(super) fn machine(promise: &'static str, _: &Inputs, depth: Depth) -> Result<Row> {
    NEEDS
        .ensure(|| has_faketime() && ["mount", "mkfs.ext4", "prlimit"].iter().all(|of| cargo::succeeds(of, &["-V"])))?;
    let rounds = if depth == Depth::Quick { "5" } else { "40" };
    let (cases, done, peak) = sums(&told("program", "test(/^machine::/)", ("WISHLIST_TEST_ROUNDS", rounds))?);
    let figure =
        format!("{done} acknowledged calls, none lost; at most {} MB resident under hostile pages", peak >> 10);
    Ok(row(promise, cases, figure))
}

/// Runs tests one after the other, which tell a line each.
fn told(binary: &str, tests: &str, (variable, value): (&str, &str)) -> Result<Vec<Told>> {
    let mut command = cargo::command("cargo");
    command.args([
        "nextest",
        "run",
        "--workspace",
        "--test",
        binary,
        "--no-capture",
        "--no-fail-fast",
        "--filterset",
        tests,
    ]);
    command.env(variable, value);
    told::each(command)
}

fn sums(told: &[Told]) -> (usize, usize, u64) {
    let peak = told.iter().map(|told| told.peak_kib).max().unwrap_or_default();
    (told.iter().map(|told| told.cases).sum(), told.iter().map(|told| told.done).sum(), peak)
}

/// A test that fails ends the proof, so that all cases held.
fn row(promise: &'static str, cases: usize, figure: String) -> Row {
    Row { promise, counts: Counts { cases, held: cases, ..Counts::default() }, figure }
}

/// Whether it is where `wishlist-service/tests/program/machine/clock.rs` looks for it.
fn has_faketime() -> bool {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|folder| folder.path());
    let places = folders.chain(["/usr/lib", "/usr/local/lib"].map(|folder| Path::new(folder).to_owned()));
    places.into_iter().any(|folder| folder.join("faketime/libfaketimeMT.so.1").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_added_up_and_the_most_memory_counts() {
        let told: Vec<Told> = serde_json::from_str(
            r#"[{"cases": 2, "done": 5, "peakKib": 7}, {"cases": 3, "peakKib": 4}, {"cases": 1}]"#,
        )
        .unwrap();
        assert_eq!(sums(&told), (6, 5, 7));
        assert!(row("nothing is lost", 6, String::new()).holds() && !row("nothing is lost", 0, String::new()).holds());
    }
}
