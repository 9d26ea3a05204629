//! The example programs of the workspace, each built and run to its end.
//!
//! Cargo has one place for all examples of a build, whatever package they are of. Two packages with an example of one name
//! are built in turns: each time the workspace without one of them, which leaves what both depend on as it was built.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cargo::{self, Built};

/// Runs what the build made rather than `cargo run`, which would build each example's crate again with its own features.
/// An example ends by itself when its standard input is empty.
pub(crate) fn run() -> Result<()> {
    let packages = all()?;
    let mut count = 0;
    for turn in turns(&packages) {
        for built in turn.build()? {
            if turn.runs.iter().any(|package| package.manifest == built.manifest) {
                to_its_end(&built.program)?;
                count += 1;
            }
        }
    }
    let expected: usize = packages.iter().map(|package| package.examples.len()).sum();
    if count != expected {
        bail!("{count} of {expected} examples were built; `cargo build --workspace --examples` says why");
    }
    println!("{count} ran");
    Ok(())
}

/// Builds one example of a package, in the turn in which [`run`] does, and answers a copy of its program: another example of that name
/// would take its place.
pub(crate) fn built(package: &str, name: &str) -> Result<PathBuf> {
    let packages = all()?;
    let turns = turns(&packages);
    let turn = turns.iter().find(|turn| turn.runs.iter().any(|of| of.name == package));
    let turn = turn.with_context(|| format!("`{package}` has no examples"))?;
    let manifest = turn.runs.iter().find(|of| of.name == package).map(|of| &of.manifest);
    let built = turn
        .build()?
        .into_iter()
        .find(|built| Some(&built.manifest) == manifest && built.program.file_stem().is_some_and(|stem| stem == name));
    let built = built.with_context(|| format!("`{package}` has no example `{name}`"))?.program;
    let directory = cargo::target()?.join("prove");
    fs::create_dir_all(&directory)?;
    let copied = directory.join(format!("{package}-{name}"));
    fs::copy(&built, &copied).with_context(|| format!("`{}` cannot be copied", built.display()))?;
    Ok(copied)
}

fn to_its_end(program: &PathBuf) -> Result<()> {
    println!("$ {}", program.display());
    let status = cargo::command(program).status().context("the example does not start")?;
    if !status.success() {
        bail!("the example `{}` failed ({status})", program.display());
    }
    Ok(())
}

/// A package with examples.
#[derive(Debug, PartialEq, Eq)]
struct Package {
    name: String,
    manifest: PathBuf,
    examples: Vec<String>,
}

/// One build of the workspace.
#[derive(Debug)]
struct Turn<'a> {
    /// The packages whose examples are run after it.
    runs: Vec<&'a Package>,
    /// Those without which it is.
    excluded: Vec<&'a Package>,
}

impl Turn<'_> {
    fn build(&self) -> Result<Vec<Built>> {
        let excluded = self.excluded.iter().flat_map(|package| ["--exclude", &package.name]);
        cargo::build(&["--workspace", "--examples"].into_iter().chain(excluded).collect::<Vec<_>>(), "example")
    }
}

/// The packages of this workspace.
fn all() -> Result<Vec<Package>> {
    Ok(packages(&cargo::workspace()?))
}

/// Builds in none of which two examples have one name, and after which each was run once.
fn turns(packages: &[Package]) -> Vec<Turn<'_>> {
    let mut turns = Vec::new();
    let mut left: Vec<&Package> = packages.iter().collect();
    while !left.is_empty() {
        let mut names = BTreeSet::new();
        let mut fits = |package: &Package| {
            let fits = !package.examples.iter().any(|name| names.contains(name));
            if fits {
                names.extend(package.examples.iter().cloned());
            }
            fits
        };
        let (runs, later): (Vec<&Package>, Vec<&Package>) = left.into_iter().partition(|package| fits(package));
        let is_run = |package: &&Package| runs.contains(package);
        let excluded = packages.iter().filter(|package| !is_run(package) && !fits(package)).collect();
        turns.push(Turn { runs, excluded });
        left = later;
    }
    turns
}

/// The workspace's packages that have examples, from cargo's own account of it.
fn packages(metadata: &Value) -> Vec<Package> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut packages = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        let targets = list(&package["targets"]);
        let examples: Vec<String> = targets
            .iter()
            .filter(|target| target["kind"][0] == "example")
            .map(|target| text(&target["name"]))
            .collect();
        if !examples.is_empty() {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            packages.insert(text(&package["name"]), (manifest, examples));
        }
    }
    let packages = packages.into_iter();
    packages.map(|(name, (manifest, examples))| Package { name, manifest, examples }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, examples: &[&str]) -> Package {
        let examples = examples.iter().map(ToString::to_string).collect();
        Package { name: name.to_owned(), manifest: format!("/{name}/Cargo.toml").into(), examples }
    }

    fn names<'a>(packages: &[&'a Package]) -> Vec<&'a str> {
        packages.iter().map(|package| package.name.as_str()).collect()
    }

    #[test]
    fn examples_of_one_name_are_built_in_turns_and_each_is_run_once() {
        let packages = [
            package("a", &["judge", "speed"]),
            package("b", &["texts"]),
            package("c", &["judge"]),
            package("d", &["speed", "judge"]),
        ];
        let turns = turns(&packages);
        let told: Vec<_> = turns.iter().map(|turn| (names(&turn.runs), names(&turn.excluded))).collect();
        assert_eq!(told, [(vec!["a", "b"], vec!["c", "d"]), (vec!["c"], vec!["a", "d"]), (vec!["d"], vec!["a", "c"])]);
    }

    #[test]
    fn packages_without_examples_are_left_out() {
        let metadata = json!({"packages": [
            {"name": "b", "manifest_path": "/b/Cargo.toml", "targets": [{"kind": ["lib"], "name": "b"}]},
            {"name": "a", "manifest_path": "/a/Cargo.toml", "targets": [{"kind": ["example"], "name": "judge"}]},
        ]});
        assert_eq!(packages(&metadata), [package("a", &["judge"])]);
    }

    #[test]
    fn no_two_examples_of_a_turn_have_one_name() {
        let packages = all().unwrap();
        assert!(!packages.is_empty());
        for turn in turns(&packages) {
            let built = packages.iter().filter(|package| !turn.excluded.contains(package));
            let mut names: Vec<_> = built.flat_map(|package| &package.examples).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{turn:?}");
        }
    }
}
