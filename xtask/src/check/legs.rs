//! The legs of `check`, the quick ones first.

use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use super::{edges, house};
use crate::leg::{self, Leg};
use crate::tool::DENY;
use crate::{cargo, generate};

pub(crate) const LEGS: &[Leg] = &[
    Leg { name: "format", shows: "the source is formatted", tool: None, run: format },
    Leg { name: "edges", shows: "dependencies run one way", tool: None, run: edges::check },
    Leg { name: "house", shows: "the rules of the house hold", tool: None, run: house::check },
    Leg { name: "generated", shows: "generated files are fresh", tool: None, run: generate::check },
    Leg {
        name: "promises",
        shows: "the contract keeps what the last release promised",
        tool: None,
        run: generate::check_promises,
    },
    Leg { name: "deny", shows: "licences, versions and sources are allowed", tool: Some(&DENY), run: deny },
    Leg { name: "clippy", shows: "no lint finds anything", tool: None, run: clippy },
    Leg { name: "rustdoc", shows: "the documentation builds and its links lead somewhere", tool: None, run: rustdoc },
];

/// Needs the advisory database from the network, so it runs by request only.
const ADVISORIES: Leg =
    Leg { name: "advisories", shows: "no dependency has a known vulnerability", tool: Some(&DENY), run: advisories };

/// What follows `cargo xtask check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only these legs.
    #[arg(value_name = "LEG", value_parser = PossibleValuesParser::new(LEGS.iter().map(|leg| leg.name)))]
    legs: Vec<String>,
    /// Also look for known vulnerabilities; fetches the advisory database.
    #[arg(long)]
    advisories: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> ExitCode {
        let mut legs = leg::named(LEGS.iter().copied(), &self.legs);
        if self.advisories {
            legs.push(ADVISORIES);
        }
        leg::run("check", &legs)
    }
}

fn format() -> Result<()> {
    cargo::run(&["fmt", "--all", "--check"])
}

fn clippy() -> Result<()> {
    cargo::run(&["clippy", "--workspace", "--all-targets", "--keep-going", "--", "--deny", "warnings"])
}

fn rustdoc() -> Result<()> {
    let choice = [&["doc", "--no-deps", "--lib", "--bins"], &cargo::WHOLE[..]].concat();
    cargo::run_with(&choice, &[("RUSTDOCFLAGS", "--deny warnings")])
}

/// Holds the dependencies to `deny.toml`, as far as that needs no network.
pub(crate) fn deny() -> Result<()> {
    cargo::run(&["deny", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
}

fn advisories() -> Result<()> {
    cargo::run(&["deny", "check", "advisories"])
}
