//! Packages of the operating system that a leg needs.

use anyhow::{Result, bail};

use crate::cargo;

/// What is needed of the system, and where it is from.
#[derive(Debug)]
pub(crate) struct Needs {
    /// For people: `Chromium`.
    pub(crate) what: &'static str,
    /// The packages of Debian and Ubuntu.
    pub(crate) packages: &'static [&'static str],
}

impl Needs {
    /// Installs it where it is missing and this may be done; else says how.
    pub(crate) fn ensure(&self, is_there: impl Fn() -> bool) -> Result<()> {
        if is_there() {
            return Ok(());
        }
        let Self { what, packages } = self;
        let install = [&["install", "--yes", "--no-install-recommends"], *packages].concat();
        let by_hand = format!("apt-get {}", install.join(" "));
        let Some(program) = installer().filter(|_| cargo::succeeds("apt-get", &["--version"])) else {
            bail!("this leg needs {what}; on Debian `{by_hand}` installs it");
        };
        let apt_get = |arguments: &[&str]| {
            let words = [program, arguments].concat();
            cargo::succeeds(words[0], &words[1..])
        };
        println!("$ {by_hand}");
        // The lists of packages of a fresh container are empty or old.
        if apt_get(&["update"]) && apt_get(&install) && is_there() {
            return Ok(());
        }
        bail!("{what} could not be installed by `apt-get update && {by_hand}`")
    }
}

/// How `apt-get` is called by who may install, without a question.
fn installer() -> Option<&'static [&'static str]> {
    if cargo::is_root() {
        return Some(&["apt-get"]);
    }
    cargo::succeeds("sudo", &["-n", "true"]).then_some(&["sudo", "-n", "apt-get"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_installed() {
        Needs { what: "nothing", packages: &["no-such-package"] }.ensure(|| true).unwrap();
    }
}
