//! The wheel of the Python package.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::artifact::Artifact;
use crate::{cargo, python};

/// Every package and its version that builds the wheel or looks at it; made by `pip freeze`.
pub(crate) const REQUIREMENTS: &str = "xtask/python/requirements.txt";

/// Where the package is.
pub(crate) const PACKAGE: &str = "bindings/python";

/// The most bytes of a wheel that is shipped.
const MOST: u64 = 8_000_000;

/// The profile of what is shipped; cargo's `dev` is for what is tested, for it builds on what other legs built.
pub(super) const SHIPPED: &str = "wheel";

/// Builds what is shipped, and sees that it loads where nothing else of ours is.
pub(super) fn ship(directory: &Path) -> Result<Artifact> {
    let wheel = build(SHIPPED, &directory.join("wheels"))?;
    install(&wheel, &python::directory("python")?.join("shipped"))?;
    let shipped = directory.join(wheel.file_name().context("a wheel has a name")?);
    fs::rename(wheel, &shipped)?;
    Artifact::weigh(shipped, MOST)
}

/// The wheel of what the source is now, alone in the directory.
pub(crate) fn build(profile: &str, wheels: &Path) -> Result<PathBuf> {
    let tools = python::ensure(&python::directory("python")?, REQUIREMENTS)?;
    if wheels.exists() {
        fs::remove_dir_all(wheels)?;
    }
    let maturin = tools.join("maturin");
    let arguments = ["build", "--profile", profile, "--locked", "--out", cargo::text(wheels)?];
    println!("$ {} {}", maturin.display(), arguments.join(" "));
    let mut command = cargo::command(&maturin);
    command.current_dir(cargo::root().join(PACKAGE)).args(arguments);
    command.args(["--interpreter", cargo::text(&tools.join("python"))?]);
    ensure!(command.stderr(std::io::stdout()).status()?.success(), "the wheel could not be built");
    let made = fs::read_dir(wheels)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    match made.as_slice() {
        [wheel] => Ok(wheel.clone()),
        _ => bail!("maturin made {} wheels, expected one", made.len()),
    }
}

/// Installs the wheel into an empty environment with what it asks for itself, sees that it loads there, and answers where the
/// programs of that environment are.
pub(crate) fn install(wheel: &Path, environment: &Path) -> Result<PathBuf> {
    let programs = environment.join("bin");
    let make = ["-m", "venv", "--clear", cargo::text(environment)?];
    ensure!(cargo::succeeds("python3", &make), "`python3 {}` failed", make.join(" "));
    add(&programs, &["--constraint", REQUIREMENTS, cargo::text(wheel)?])?;
    loads(&programs)?;
    Ok(programs)
}

/// Installs more there.
pub(crate) fn add(programs: &Path, more: &[&str]) -> Result<()> {
    let python = programs.join("python");
    let arguments = [&["-m", "pip", "install", "--quiet", "--disable-pip-version-check"], more].concat();
    println!("$ {} {}", python.display(), arguments.join(" "));
    let status = cargo::command(&python).args(&arguments).status()?;
    ensure!(status.success(), "the packages could not be installed");
    Ok(())
}

/// Sees that the package answers.
pub(crate) fn loads(programs: &Path) -> Result<()> {
    let price = "import smart_wishlist; print(smart_wishlist.parse_price('19.99 €'))";
    println!("{}", cargo::output_of(cargo::text(&programs.join("python"))?, &["-c", price])?.trim());
    Ok(())
}
