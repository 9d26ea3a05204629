//! What builds and unpacks images without a daemon.

use anyhow::{Result, bail};

use crate::cargo;

const PROGRAMS: [&str; 2] = ["buildah", "umoci"];

/// What installs them on Debian and Ubuntu.
const INSTALL: &[&str] = &["install", "--yes", "--no-install-recommends", "buildah", "umoci", "ca-certificates"];

/// Installs them where they are missing and this may be done; else says how.
pub(super) fn ensure() -> Result<()> {
    if PROGRAMS.iter().all(|program| cargo::succeeds(program, &["--version"])) {
        return Ok(());
    }
    let by_hand = format!("apt-get {}", INSTALL.join(" "));
    let Some(program) = installer().filter(|_| cargo::succeeds("apt-get", &["--version"])) else {
        bail!("this leg needs buildah and umoci; install them, on Debian by `{by_hand}`");
    };
    let apt_get = |arguments: &[&str]| {
        let words = [program, arguments].concat();
        cargo::succeeds(words[0], &words[1..])
    };
    println!("$ {by_hand}");
    // The lists of packages of a fresh container are empty or old.
    if apt_get(&["update"]) && apt_get(INSTALL) {
        return Ok(());
    }
    bail!("buildah and umoci could not be installed by `apt-get update && {by_hand}`")
}

/// How `apt-get` is called by who may install, without a question.
fn installer() -> Option<&'static [&'static str]> {
    if cargo::is_root() {
        return Some(&["apt-get"]);
    }
    cargo::succeeds("sudo", &["-n", "true"]).then_some(&["sudo", "-n", "apt-get"])
}
