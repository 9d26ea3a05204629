//! `cargo xtask bench`: the figures of the main job, from the program as it is released.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cargo;

/// What follows `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// For how many seconds items are added and listed.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=120))]
    seconds: u16,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure the main paths beside those of this program, both called in turns: an earlier build of it, for example.
    #[arg(long, value_name = "PROGRAM")]
    against: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(&self) -> Result<()> {
        cargo::run(&["build", "--release", "--package", "wishlist-service"])?;
        let seconds = self.seconds.to_string();
        let mut arguments = vec!["bench", "--package", "wishlist-service", "--bench", "main_job", "--"];
        arguments.extend(["--seconds", &seconds]);
        // Cargo starts a bench in its package, and files are meant from here.
        let files = [("--json", &self.json), ("--against", &self.against)];
        let files = files.map(|(name, file)| Ok((name, file.as_ref().map(std::path::absolute).transpose()?)));
        let files = files.into_iter().collect::<Result<Vec<_>>>()?;
        for (name, file) in &files {
            if let Some(file) = file {
                arguments.extend([*name, file.to_str().context("the name of a file is not UTF-8")?]);
            }
        }
        cargo::run(&arguments)
    }
}
