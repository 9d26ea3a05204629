//! The leg that looks at the pages in a real browser: sees to it that there is a Chromium, then runs the tests that use it.

use anyhow::{Result, bail};

use crate::cargo;

/// The names under which Chromium is installed, as in `wishlist-api/tests/browser/chromium.rs`.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// What installs it on Debian and Ubuntu. The fonts are named because a browser without any shows nothing.
const INSTALL: &[&str] = &["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"];

/// Runs the browser's tests. Their pictures are kept in `tmp/` of the target directory, to be looked at.
pub(crate) fn run() -> Result<()> {
    ensure()?;
    cargo::run(&["nextest", "run", "--workspace", "--test", "browser", "--profile", "browser", "--no-fail-fast"])
}

/// Installs Chromium where it is missing and this may be done; else says how.
fn ensure() -> Result<()> {
    if PROGRAMS.iter().any(|program| cargo::succeeds(program, &["--version"])) {
        return Ok(());
    }
    let by_hand = format!("apt-get {}", INSTALL.join(" "));
    if !cargo::is_root() || !cargo::succeeds("apt-get", &["--version"]) {
        bail!("this leg needs Chromium; install it, on Debian by `{by_hand}`");
    }
    println!("$ {by_hand}");
    // The lists of packages of a fresh container are empty or old.
    if cargo::succeeds("apt-get", &["update"]) && cargo::succeeds("apt-get", INSTALL) {
        return Ok(());
    }
    bail!("Chromium could not be installed by `apt-get update && {by_hand}`")
}
