//! The tools that a leg needs and that cargo can install.

use anyhow::{Context, Result};

use crate::cargo;

/// A cargo subcommand from the registry.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The package; its subcommand is the name behind `cargo-`.
    pub(crate) package: &'static str,
    /// The version that is installed where there is none.
    pub(crate) version: &'static str,
    /// What it is for.
    pub(crate) purpose: &'static str,
    /// The features to build it with; `None` for its defaults.
    pub(crate) features: Option<&'static str>,
}

/// The test runner.
pub(crate) const NEXTEST: Tool = Tool {
    package: "cargo-nextest",
    version: "0.9.143",
    purpose: "runs the tests, each in its own process",
    features: Some("default-no-update"),
};

/// The reader of `deny.toml`.
pub(crate) const DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    purpose: "holds the dependencies to the licences, versions and sources of `deny.toml`",
    features: None,
};

/// What takes conditions away.
pub(crate) const MUTANTS: Tool = Tool {
    package: "cargo-mutants",
    version: "27.1.0",
    purpose: "changes the source, one condition at a time, and runs the tests",
    features: None,
};

/// What lists the parts of a program.
pub(crate) const CYCLONEDX: Tool = Tool {
    package: "cargo-cyclonedx",
    version: "0.5.9",
    purpose: "writes the bill of materials of what is shipped",
    features: None,
};

/// A tool runs for seconds and is built in minutes, so its build is cut short.
const QUICK_BUILD: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];

impl Tool {
    /// Installs the tool where it is missing.
    pub(crate) fn ensure(&self) -> Result<()> {
        let subcommand = self.package.trim_start_matches("cargo-");
        if cargo::answers(&[subcommand, "--version"]) {
            return Ok(());
        }
        println!("installing {} {}, which {}", self.package, self.version, self.purpose);
        let mut install = vec!["install", "--locked", "--version", self.version];
        if let Some(features) = self.features {
            install.extend(["--no-default-features", "--features", features]);
        }
        install.push(self.package);
        cargo::run_with(&install, QUICK_BUILD)
            .with_context(|| format!("this leg needs `{}`; install it by the command above", self.package))
    }
}
