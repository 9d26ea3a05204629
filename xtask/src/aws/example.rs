//! The example of a deployment, as a reader runs it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::calls::{Document, Recorders, Replies};
use super::{CHOSEN, Emulators};
use crate::{cargo, server};

const EXAMPLE: &str = "examples/deploy/walk.py";

/// The program with everything of AWS.
pub(super) fn program() -> Result<PathBuf> {
    server::program_among(&[&CHOSEN[..], &["--bins", "--tests"]].concat())
}

/// Runs it to its end, which it sees to itself, against the emulators that run, and adds what each role asked for.
pub(super) fn run(emulators: &Emulators, program: &Path, document: &mut Document) -> Result<()> {
    let endpoint = emulators.endpoint()?;
    let recorders = Recorders::start(endpoint, Replies::FirstLost)?;
    println!("$ {EXAMPLE} --rounds --endpoint {endpoint} --program {}", program.display());
    let mut example = cargo::command(emulators.programs.join("python"));
    // Unbuffered, so that a log keeps its order.
    example
        .args(["-u", EXAMPLE, "--rounds", "--endpoint", endpoint, "--program"])
        .arg(program)
        .args(recorders.arguments());
    example.stderr(std::io::stdout());
    let status = example.status().context("the example does not start")?;
    if !status.success() {
        bail!("the example `{EXAMPLE}` failed ({status})");
    }
    recorders.add_to(document)
}
