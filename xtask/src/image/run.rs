//! The tests of the roles, against what is deployed in place of what cargo built for them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::tools;
use super::unpacked::Unpacked;
use crate::aws::{self, Emulators};
use crate::package::{self, Builder};
use crate::{cargo, python};

/// The variable by which the tests are told what to start.
const PROGRAM: &str = "WISHLIST_TEST_PROGRAM";

/// Builds image and zip of one binary, and runs the tests of all roles with the image, and the walk through them with the
/// zip, whose role is chosen by the handler.
pub(crate) fn run() -> Result<()> {
    tools::ensure()?;
    let directory = python::directory("image")?;
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    let program = package::build()?;
    let (zip, image) = (package::zip(&program, &directory)?, Builder::Buildah.build(&program, &directory)?);
    println!("{zip}\n{image}");
    let start = Unpacked::of(&image, &directory)?.script(&directory)?;
    let bootstrap = package::unzip(&zip, &directory)?;
    let emulators = Emulators::ministack()?;
    walk(&emulators, &start, "binary(lambda)")?;
    walk(&emulators, &bootstrap, "binary(lambda) & test(/^walking::/)")?;
    // The binary is kept where cargo built it; the copies of it are not.
    fs::remove_dir_all(directory).context("what the leg made cannot be removed")
}

/// Runs tests of the roles with a program.
fn walk(emulators: &Emulators, program: &Path, tests: &str) -> Result<()> {
    let program = program.to_str().context("the target directory's name is not UTF-8")?;
    let variables = [&emulators.variables()[..], &[(PROGRAM, program)]].concat();
    println!("{PROGRAM} is {program}");
    let tests = [&["nextest", "run", "--no-fail-fast", "--filterset", tests], &aws::CHOSEN[..]].concat();
    cargo::run_with(&tests, &variables)
}
