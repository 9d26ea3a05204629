//! The command itself: which artifacts are made of which binary.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::image::Builder;
use super::{archive, program};
use crate::cargo;

/// What follows `cargo xtask package`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only the zip, even where an image could be built.
    #[arg(long)]
    skip_image: bool,

    /// A static binary that was built already, for another machine for example; nothing is compiled.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

impl Arguments {
    /// Makes the zip and, where something here builds images, the image, and prints their sizes.
    pub(crate) fn run(&self) -> Result<()> {
        let program = match &self.program {
            Some(file) => fs::canonicalize(file).with_context(|| format!("there is no `{}`", file.display()))?,
            None => program::build()?,
        };
        let directory = cargo::target()?.join("package");
        fs::create_dir_all(&directory)?;
        println!("{}", archive::zip(&program, &directory)?);
        if self.skip_image {
            return Ok(());
        }
        match Builder::present() {
            Some(builder) => println!("{}", builder.build(&program, &directory)?),
            None => {
                println!("no image: neither `docker` nor `buildah` works here; `apt-get install buildah` is enough");
            }
        }
        Ok(())
    }
}
