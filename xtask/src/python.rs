//! Python programs, in environments of their own under the target directory.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cargo;

/// What makes environments on Debian and Ubuntu.
const INSTALL: &[&str] = &["install", "--yes", "--no-install-recommends", "python3", "python3-venv"];

/// The directory of a leg, for its environment and what it leaves.
pub(crate) fn directory(leg: &str) -> Result<PathBuf> {
    Ok(cargo::target()?.join(leg))
}

/// Makes the environment where it is missing or of other versions, and answers the directory of its programs. The
/// requirements are a file at the root that names every package and its version.
pub(crate) fn ensure(directory: &Path, requirements: &str) -> Result<PathBuf> {
    let environment = directory.join("environment");
    let programs = environment.join("bin");
    let wanted = fs::read_to_string(cargo::root().join(requirements)).context("the requirements cannot be read")?;
    // Written last, so that an installation that was broken off is made anew.
    let installed = environment.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    make(&environment)?;
    let python = programs.join("python");
    let arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
    println!("$ {} {}", python.display(), arguments.join(" "));
    if !cargo::command(&python).args(arguments).status()?.success() {
        bail!("the packages of `{requirements}` could not be installed");
    }
    fs::write(installed, wanted)?;
    Ok(programs)
}

/// Makes an empty environment, and installs what makes it where that is missing and may be installed.
fn make(environment: &Path) -> Result<()> {
    let place = environment.to_str().context("the target directory's name is not UTF-8")?;
    let make = ["-m", "venv", "--clear", place];
    if cargo::succeeds("python3", &make) {
        return Ok(());
    }
    let by_hand = format!("apt-get {}", INSTALL.join(" "));
    if !cargo::is_root() || !cargo::succeeds("apt-get", &["--version"]) {
        bail!("this leg needs Python 3.10 or later with `venv`; install it, on Debian by `{by_hand}`");
    }
    println!("$ {by_hand}");
    // The lists of packages of a fresh container are empty or old.
    let installed = cargo::succeeds("apt-get", &["update"]) && cargo::succeeds("apt-get", INSTALL);
    if installed && cargo::succeeds("python3", &make) {
        return Ok(());
    }
    bail!("Python's `venv` could not be installed by `apt-get update && {by_hand}`")
}
