//! The command itself: which files are changed, and what is said of them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use super::outcomes::{Outcome, Outcomes, Tried};
use super::scope::{self, CHANGES, LEFT_OUT, NO_CONDITION, SCOPES};
use super::tree::Tree;
use crate::cargo;
use crate::prove::kept;
use crate::tool::{MUTANTS, NEXTEST};

/// The longest that the tests of a package may take with a change in it, in seconds: without one they take less than half a minute.
const MOST: &str = "180";

/// What `cargo mutants` ends with where all was tried: nothing missed, something missed, something timed out.
const TRIED: [i32; 3] = [0, 2, 3];

/// What follows `cargo xtask prove mutants`.
#[derive(Debug, clap::Args)]
pub(in crate::prove) struct Arguments {
    /// Only this file, from the root; may be given again. Without any: table, visits and sign-in, which takes hours.
    #[arg(long, value_name = "FILE")]
    file: Vec<String>,
}

/// The files of one package.
struct Part {
    package: String,
    files: Vec<String>,
}

impl Arguments {
    /// Tries what no earlier run tried, and what earlier runs missed; it can be broken off at any time.
    pub(in crate::prove) fn run(&self) -> Result<ExitCode> {
        NEXTEST.ensure()?;
        MUTANTS.ensure()?;
        let tree = Tree::at_head()?;
        let mut section = kept::mutants()?;
        section.keep(|file| tree.has(file));
        let mut left = 0;
        for part in self.parts()? {
            let directory = cargo::target()?.join("mutants").join(&part.package);
            let mut outcomes = Outcomes::read(&directory, |commit, file| tree.is_same(commit, file))?;
            let (others, mutants): (Vec<_>, Vec<_>) =
                part.list(&tree)?.into_iter().partition(|name| name.contains(NO_CONDITION));
            ensure!(!mutants.is_empty(), "there is no condition or check in {}", part.files.join(", "));
            outcomes.begin(&tree.commit, &others)?;
            let tried = part.try_all(&tree, &directory);
            // What was tried before something failed counts too.
            outcomes.take()?;
            section.put(&mutants, &outcomes);
            kept::write_mutants(&section)?;
            tried?;
            let unseen =
                |name: &&String| matches!(outcomes.of(name), None | Some(Tried { outcome: Outcome::Missed, .. }));
            left += mutants.iter().filter(unseen).inspect(|name| println!("unseen: {name}")).count();
        }
        print!("{}", section.text());
        Ok(if left == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn parts(&self) -> Result<Vec<Part>> {
        if self.file.is_empty() {
            let part = |scope: &scope::Scope| Part {
                package: scope.package.to_owned(),
                files: scope.files.iter().map(|file| (*file).to_owned()).collect(),
            };
            return Ok(SCOPES.iter().map(part).collect());
        }
        let mut parts = Vec::<Part>::new();
        for file in &self.file {
            ensure!(cargo::root().join(file).is_file(), "there is no `{file}` below the root of the workspace");
            let package =
                scope::package_of(file).with_context(|| format!("`{file}` is not in the `src` of a crate"))?;
            match parts.iter_mut().find(|part| part.package == package) {
                Some(part) => part.files.push(file.clone()),
                None => parts.push(Part { package: package.to_owned(), files: vec![file.clone()] }),
            }
        }
        Ok(parts)
    }
}

impl Part {
    /// The names of all changes.
    fn list(&self, tree: &Tree) -> Result<Vec<String>> {
        let arguments = self.arguments(tree)?;
        let names = cargo::output(&[&["mutants", "--list"], &texts(&arguments)[..]].concat())?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// Makes each of them, and runs the tests of the package.
    fn try_all(&self, tree: &Tree, directory: &Path) -> Result<()> {
        std::fs::create_dir_all(directory)?;
        let arguments = self.arguments(tree)?;
        let mut command = cargo::command("cargo");
        command.args(["mutants", "--in-place", "--iterate", "--test-tool", "nextest", "--timeout", MOST]);
        command.arg("--output").arg(directory).args(&arguments);
        // Without the examples, which no test runs.
        command.args(["--", "--tests"]);
        // Beside the copy, so that what did not change is built once for all runs.
        command.env("CARGO_TARGET_DIR", built()?).env("CARGO_INCREMENTAL", "1");
        command.env("NEXTEST_PROFILE", "mutants");
        let status = command.stderr(std::io::stdout()).status().context("`cargo mutants` does not start")?;
        match status.code() {
            Some(code) if TRIED.contains(&code) => Ok(()),
            _ => bail!("`cargo mutants` ended with {status}; `{}` has its logs", directory.display()),
        }
    }

    fn arguments(&self, tree: &Tree) -> Result<Vec<String>> {
        let mut arguments = vec!["--dir".to_owned(), cargo::text(&tree.directory)?.to_owned()];
        // Names are compared, and a terminal's colours are none of them.
        arguments.push("--colors=never".to_owned());
        arguments.extend(["--package".to_owned(), self.package.clone()]);
        arguments.extend(self.files.iter().flat_map(|file| ["--file".to_owned(), file.clone()]));
        arguments.extend(CHANGES.iter().map(|change| format!("--re={change}")));
        arguments.extend(LEFT_OUT.iter().map(|files| format!("--exclude={files}")));
        Ok(arguments)
    }
}

fn built() -> Result<PathBuf> {
    Ok(cargo::target()?.join("mutants").join("build"))
}

fn texts(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(files: &[&str]) -> Result<Vec<(String, usize)>> {
        let arguments = Arguments { file: files.iter().map(|file| (*file).to_owned()).collect() };
        Ok(arguments.parts()?.into_iter().map(|part| (part.package, part.files.len())).collect())
    }

    #[test]
    fn files_are_tried_with_the_tests_of_their_packages() {
        let files = ["wishlist-core/src/table/keys.rs", "wishlist-scraper/src/visit.rs", "wishlist-core/src/error.rs"];
        assert_eq!(parts(&files).unwrap(), [("wishlist-core".to_owned(), 2), ("wishlist-scraper".to_owned(), 1)]);
        assert_eq!(parts(&[]).unwrap().len(), SCOPES.len());
        assert!(parts(&["wishlist-core/src/nowhere.rs"]).unwrap_err().to_string().contains("there is no"));
        assert!(parts(&["Cargo.toml"]).unwrap_err().to_string().contains("not in the `src`"));
    }
}
