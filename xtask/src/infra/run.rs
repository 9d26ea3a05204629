//! The leg `infra`: what is synthesized once is read by the tests and by the lints.

use anyhow::Result;

use super::{lints, synthesis};
use crate::node::{self, NPM};
use crate::{cargo, python};

/// The tests of the infrastructure.
const TESTS: &str = "test";

pub(crate) fn run() -> Result<()> {
    node::ensure()?;
    let directory = python::directory("infra")?;
    let lints = lints::install(&directory)?;
    let infra = cargo::root().join("infra");
    cargo::run_in(&infra, NPM, &["ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"], &[])?;
    cargo::run_in(&infra, "node", &["node_modules/typescript/bin/tsc"], &[])?;
    let outputs = synthesis::all(&infra, &directory)?;
    let tests = node::tests(&infra, TESTS, ".test.ts")?;
    let arguments: Vec<_> = ["--import", "tsx", "--test"].into_iter().chain(tests.iter().map(String::as_str)).collect();
    cargo::run_in(&infra, "node", &arguments, &[("INFRA_OUTPUTS", cargo::text(&outputs)?)])?;
    lints.run(&outputs)
}
