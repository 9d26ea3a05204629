//! `cargo xtask test`: the test command of the README.
//!
//! All legs but three build the workspace's default features, so that cargo builds every dependency once to check and once to
//! run. The legs `aws` and `prove` build the AWS SDK on top, with the same features, and the leg `image` the binary that is
//! deployed, optimized as a whole.

use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use crate::leg::{self, Leg};
use crate::tool::NEXTEST;
use crate::{aws, bindings, browser, cargo, check, examples, image, infra, prove, schemathesis};

const LEGS: &[Leg] = &[
    Leg { name: "nextest", shows: "unit, property and integration tests", tool: Some(&NEXTEST), run: nextest },
    Leg { name: "doctests", shows: "the examples in the documentation", tool: None, run: doctests },
    Leg { name: "examples", shows: "every example program runs to its end", tool: None, run: examples::run },
    Leg {
        name: "browser",
        shows: "the pages work and look right in Chromium",
        tool: Some(&NEXTEST),
        run: browser::run,
    },
    Leg {
        name: "schemathesis",
        shows: "the server answers made-up calls as the document says",
        tool: None,
        run: schemathesis::run,
    },
    Leg {
        name: "crates",
        shows: "the crates as they are published play the scenario",
        tool: None,
        run: bindings::rust,
    },
    Leg {
        name: "python",
        shows: "the wheel in an empty environment, its types read strictly",
        tool: None,
        run: bindings::python,
    },
    Leg { name: "node", shows: "the npm package, installed, plays the scenario", tool: None, run: bindings::node },
    Leg { name: "growing", shows: "an operation more needs no line in any client", tool: None, run: bindings::grow },
    Leg { name: "infra", shows: "the infrastructure, synthesized, has every promise", tool: None, run: infra::run },
    Leg { name: "aws", shows: "the same code on AWS, as emulators have it", tool: Some(&NEXTEST), run: aws::run },
    // Behind the leg `aws`, which has built the SDK for the worlds on the model.
    Leg {
        name: "prove",
        shows: "what is promised holds under hostile inputs and faults, in short",
        tool: Some(&NEXTEST),
        run: prove::quick,
    },
    Leg { name: "image", shows: "the image and the zip run all roles", tool: Some(&NEXTEST), run: image::run },
];

/// What follows `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only these legs; without any, all of them.
    #[arg(value_name = "LEG", value_parser = PossibleValuesParser::new(all().map(|leg| leg.name)))]
    legs: Vec<String>,
}

impl Arguments {
    pub(crate) fn run(&self) -> ExitCode {
        let legs = if self.legs.is_empty() { all().collect() } else { leg::named(all(), &self.legs) };
        leg::run("test", &legs)
    }
}

fn all() -> impl Iterator<Item = Leg> {
    check::LEGS.iter().chain(LEGS).copied()
}

fn nextest() -> Result<()> {
    // The kills and the losses of power are proved by the leg `prove`, as are the machines that break, which are in no other
    // profile than their own.
    let elsewhere = "not (test(/^killing::/) or binary(power))";
    cargo::run(&["nextest", "run", "--workspace", "--no-fail-fast", "--filterset", elsewhere])
}

fn doctests() -> Result<()> {
    cargo::run(&["test", "--workspace", "--doc"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legs_have_names_of_their_own() {
        let mut names: Vec<_> = all().map(|leg| leg.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
