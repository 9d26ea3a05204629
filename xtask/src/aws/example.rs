//! The example of a deployment, as a reader runs it.

use anyhow::{Context, Result, bail};

use super::Emulators;
use crate::cargo;

const EXAMPLE: &str = "examples/deploy/walk.py";

/// What the tests of the roles were built with, so that nothing is built again.
const BUILT: [&str; 6] = ["--package", "wishlist-service", "--features", "aws-tests,otel", "--bins", "--tests"];

/// Runs it to its end, which it sees to itself, against the emulators that run.
pub(super) fn run(emulators: &Emulators) -> Result<()> {
    let programs = cargo::programs(&BUILT, "bin")?;
    let named = |program: &&std::path::PathBuf| program.file_stem().is_some_and(|name| name == "wishlist-service");
    let program = programs.iter().find(named).context("the build made no `wishlist-service`")?;
    let endpoint = emulators.variables().first().context("no emulator runs")?.1.to_owned();
    println!("$ {EXAMPLE} --endpoint {endpoint} --program {}", program.display());
    let mut example = cargo::command(emulators.programs.join("python"));
    // Unbuffered, so that a log keeps its order.
    example.args(["-u", EXAMPLE, "--endpoint", &endpoint, "--program"]).arg(program).stderr(std::io::stdout());
    let status = example.status().context("the example does not start")?;
    if !status.success() {
        bail!("the example `{EXAMPLE}` failed ({status})");
    }
    Ok(())
}
