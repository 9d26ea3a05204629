//! What builds and unpacks images without a daemon.

use anyhow::Result;

use crate::cargo;
use crate::system::Needs;

const PROGRAMS: [&str; 2] = ["buildah", "umoci"];

const NEEDS: Needs = Needs { what: "buildah and umoci", packages: &["buildah", "umoci", "ca-certificates"] };

/// Installs them where they are missing and this may be done; else says how.
pub(super) fn ensure() -> Result<()> {
    NEEDS.ensure(|| PROGRAMS.iter().all(|program| cargo::succeeds(program, &["--version"])))
}
