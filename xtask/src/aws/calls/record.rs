//! `cargo xtask record-calls`: writes what each role asks of AWS.

use std::fs;

use anyhow::{Context, Result};

use super::document::{Document, FILE};
use crate::aws::{Emulators, example, play};

/// Runs the example of a deployment, and the scenario against it, and writes what was asked for.
pub(crate) fn run() -> Result<()> {
    let emulators = Emulators::ministack()?;
    let program = example::program()?;
    let mut document = Document::default();
    example::run(&emulators, &program, &mut document)?;
    // The other clients make the same calls of the API; the leg `aws` plays them.
    play(&emulators, &program, &mut document, |_| Ok(()))?;
    let path = Document::path();
    fs::create_dir_all(path.parent().context("the file has no directory")?)?;
    fs::write(path, document.text())?;
    println!("wrote {FILE}");
    Ok(())
}
