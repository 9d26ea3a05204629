//! The npm package: built, packed, installed into an empty directory and tested there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Ground;
use crate::cargo;
use crate::directory::{copy, emptied};
use crate::node::{self, NPM};
use crate::package::npm;

/// The leg: what is installed is what was packed, and nothing else of ours is near it.
pub(crate) fn run() -> Result<()> {
    node::ensure()?;
    let directory = cargo::target()?.join("node");
    let packages = npm::pack("dev", &directory)?;
    let app = install(&directory, &packages)?;
    let ground = Ground::here(&directory)?;
    test(&app, &ground.variables())
}

/// Where the packages are installed that the leg tests, by the leg if it was not run before.
pub(crate) fn installed() -> Result<PathBuf> {
    let app = cargo::target()?.join("node").join("app");
    if !app.join("node_modules/smart-wishlist").exists() {
        run()?;
    }
    Ok(app)
}

/// Plays the scenario with what was installed, against a server elsewhere.
pub(crate) fn play(ground: &Ground) -> Result<()> {
    let app = installed()?;
    cargo::run_in(&app, "node", &["--test", "bindings/node/test/scenario.test.mjs"], &ground.variables())
}

/// Installs the packages and what the tests need into an empty directory, which has the layout of this one.
fn install(directory: &Path, packages: &[PathBuf]) -> Result<PathBuf> {
    let app = emptied(directory.join("app"))?;
    let source = cargo::root();
    copy(&source.join("bindings/node/tools"), &app, &|_| true)?;
    let quiet = ["--no-audit", "--no-fund", "--ignore-scripts"];
    cargo::run_in(&app, NPM, &[&["ci", "--prefer-offline"], &quiet[..]].concat(), &[])?;
    // The packages of other platforms are optional, and no registry is asked for them.
    let files = packages.iter().map(|package| cargo::text(package)).collect::<Result<Vec<_>>>()?;
    cargo::run_in(&app, NPM, &[&["install", "--no-save", "--offline"], &quiet[..], &files].concat(), &[])?;
    for folder in ["bindings/node/test", "bindings/shop", "examples/quickstart-node", "examples/embed-in-your-app/node"]
    {
        copy(&source.join(folder), &app.join(folder), &|name| name != "node_modules")?;
    }
    for file in ["bindings/scenario.json", "bindings/node/README.md"] {
        fs::copy(source.join(file), app.join(file)).with_context(|| format!("`{file}` cannot be copied"))?;
    }
    Ok(app)
}

/// Runs the tests, `tsc` among them, with these variables.
fn test(app: &Path, variables: &[(&str, &str)]) -> Result<()> {
    let folder = "bindings/node/test";
    let tests = node::tests(app, folder, ".test.mjs")?;
    let arguments: Vec<_> = ["--test"].into_iter().chain(tests.iter().map(String::as_str)).collect();
    cargo::run_in(app, "node", &arguments, variables)
}
