//! The leg `infra`: what is synthesized once is read by the tests and by the lints.

use std::fs;

use anyhow::{Context, Result, bail};

use super::{lints, synthesis};
use crate::bindings::{self, NPM};
use crate::{cargo, python};

/// The tests of the infrastructure.
const TESTS: &str = "test";

pub(crate) fn run() -> Result<()> {
    bindings::ensure_node()?;
    let directory = python::directory("infra")?;
    let lints = lints::install(&directory)?;
    let infra = cargo::root().join("infra");
    cargo::run_in(&infra, NPM, &["ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"], &[])?;
    cargo::run_in(&infra, "node", &["node_modules/typescript/bin/tsc"], &[])?;
    let outputs = synthesis::all(&infra, &directory)?;
    let tests = tests()?;
    let arguments: Vec<_> = ["--import", "tsx", "--test"].into_iter().chain(tests.iter().map(String::as_str)).collect();
    cargo::run_in(&infra, "node", &arguments, &[("INFRA_OUTPUTS", cargo::text(&outputs)?)])?;
    lints.run(&outputs)
}

/// The files of tests, from the directory of the infrastructure.
fn tests() -> Result<Vec<String>> {
    let directory = cargo::root().join("infra").join(TESTS);
    let entries = fs::read_dir(&directory).with_context(|| format!("`{}` cannot be read", directory.display()))?;
    let names = entries.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
    let names = names.iter().filter_map(|name| name.to_str()).filter(|name| name.ends_with(".test.ts"));
    let mut tests: Vec<_> = names.map(|name| format!("{TESTS}/{name}")).collect();
    tests.sort_unstable();
    if tests.is_empty() {
        bail!("there are no tests in `infra/{TESTS}`");
    }
    Ok(tests)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_lock_names_no_place_to_download_from() {
        let lock = std::fs::read_to_string(crate::cargo::root().join("infra/package-lock.json")).unwrap();
        let lock: serde_json::Value = serde_json::from_str(&lock).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        let named: Vec<_> =
            packages.iter().filter(|(_, of)| of.get("resolved").is_some()).map(|(name, _)| name).collect();
        assert!(packages.len() > 1 && named.is_empty(), "{named:?}");
    }
}
