//! Node itself, which is installed where it is missing.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::cargo;

/// The name of npm's program, which on Windows is a script that is found by its whole name alone.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// The oldest that the package runs on.
const OLDEST: u32 = 20;

/// What has Node and npm on Debian and Ubuntu.
const INSTALL: &[&str] = &["install", "--yes", "--no-install-recommends", "nodejs", "npm"];

/// Installs Node where it is missing and may be installed.
pub(crate) fn ensure() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    let by_hand = format!("apt-get {}", INSTALL.join(" "));
    let needed = format!("this leg needs Node {OLDEST} or later with npm");
    if !cargo::is_root() || !cargo::succeeds("apt-get", &["--version"]) {
        bail!("{needed}; install it, on Debian 13 by `{by_hand}`");
    }
    println!("$ {by_hand}");
    // The lists of packages of a fresh container are empty or old.
    let installed = cargo::succeeds("apt-get", &["update"]) && cargo::succeeds("apt-get", INSTALL);
    if installed && is_there() {
        return Ok(());
    }
    bail!("{needed}, which `apt-get update && {by_hand}` does not give here; install it from nodejs.org")
}

/// The files of tests in a folder of the directory, from that directory.
pub(crate) fn tests(directory: &Path, folder: &str, ending: &str) -> Result<Vec<String>> {
    let place = directory.join(folder);
    let entries = fs::read_dir(&place).with_context(|| format!("`{}` cannot be read", place.display()))?;
    let names = entries.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
    let names = names.iter().filter_map(|name| name.to_str()).filter(|name| name.ends_with(ending));
    let mut tests: Vec<_> = names.map(|name| format!("{folder}/{name}")).collect();
    tests.sort_unstable();
    if tests.is_empty() {
        bail!("there are no tests in `{}`", place.display());
    }
    Ok(tests)
}

fn is_there() -> bool {
    let node = cargo::command("node").arg("--version").stderr(Stdio::null()).output();
    let version = node.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.and_then(|version| major(&version)).is_some_and(|major| major >= OLDEST)
        && cargo::succeeds(NPM, &["--version"])
}

/// The 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_names_no_place_to_download_from() {
        for lock in ["bindings/node/tools/package-lock.json", "infra/package-lock.json"] {
            let lock = fs::read_to_string(cargo::root().join(lock)).unwrap();
            let lock: serde_json::Value = serde_json::from_str(&lock).unwrap();
            let packages = lock["packages"].as_object().unwrap();
            let named: Vec<_> =
                packages.iter().filter(|(_, of)| of.get("resolved").is_some()).map(|(name, _)| name).collect();
            assert!(packages.len() > 1 && named.is_empty(), "{named:?}");
        }
    }

    #[test]
    fn a_version_is_read_as_node_prints_it() {
        let rows = [("v20.20.2\n", Some(20)), ("v8.1.0", Some(8)), ("20", None), ("", None)];
        for (version, expected) in rows {
            assert_eq!(major(version), expected, "{version}");
        }
    }
}
