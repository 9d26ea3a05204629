//! The leg that looks at the pages in a real browser: sees to it that there is a Chromium, then runs the tests that use it.

use anyhow::Result;

use crate::cargo;
use crate::system::Needs;

/// The names under which Chromium is installed, as in `wishlist-api/tests/browser/chromium.rs`.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The fonts are named because a browser without any shows nothing.
const NEEDS: Needs = Needs { what: "Chromium", packages: &["chromium", "fonts-dejavu-core"] };

/// Runs the browser's tests. Their pictures are kept in `tmp/` of the target directory, to be looked at.
pub(crate) fn run() -> Result<()> {
    NEEDS.ensure(|| PROGRAMS.iter().any(|program| cargo::succeeds(program, &["--version"])))?;
    cargo::run(&["nextest", "run", "--workspace", "--test", "browser", "--profile", "browser", "--no-fail-fast"])
}
