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
}

impl Arguments {
    pub(crate) fn run(&self) -> Result<()> {
        cargo::run(&["build", "--release", "--package", "wishlist-service"])?;
        let seconds = self.seconds.to_string();
        let mut arguments = vec!["bench", "--package", "wishlist-service", "--bench", "main_job", "--"];
        arguments.extend(["--seconds", &seconds]);
        // Cargo starts a bench in its package, and the file is meant from here.
        let json = self.json.as_ref().map(std::path::absolute).transpose()?;
        if let Some(file) = &json {
            arguments.extend(["--json", file.to_str().context("the name of the file is not UTF-8")?]);
        }
        cargo::run(&arguments)
    }
}
