//! Node itself, which is installed where it is missing.

use std::process::Stdio;

use anyhow::{Result, bail};

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
    fn a_version_is_read_as_node_prints_it() {
        let rows = [("v20.20.2\n", Some(20)), ("v8.1.0", Some(8)), ("20", None), ("", None)];
        for (version, expected) in rows {
            assert_eq!(major(version), expected, "{version}");
        }
    }
}
