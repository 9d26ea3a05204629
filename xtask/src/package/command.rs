//! The command itself: what is made, and what it weighs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::crates::Dirty;
use super::image::Builder;
use super::materials::{self, Materials};
use super::{archive, crates, npm, program, wheel};
use crate::cargo;

/// What follows `cargo xtask package`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only these; without any, all that can be made here.
    #[arg(value_enum)]
    what: Vec<What>,

    /// A static binary that was built already, for another machine for example: zip and image are made of it.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

/// Something that is shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The functions on AWS Lambda, without an image.
    Zip,
    /// The functions as an image, by docker or buildah.
    Image,
    /// Every crate that is published, as the registry is given it.
    Crates,
    /// The Python package's wheel for this platform.
    Python,
    /// The npm packages: the face, and the native part for this platform.
    Node,
    /// The bills of materials of program, wheel and npm packages, as `CycloneDX` has them.
    Materials,
}

impl Arguments {
    /// Makes what is asked for in `target/package`, and prints each file and its size.
    pub(crate) fn run(&self) -> Result<()> {
        let directory = cargo::target()?.join("package");
        fs::create_dir_all(&directory)?;
        if self.is_asked(What::Zip) || self.is_asked(What::Image) {
            self.functions(&directory)?;
        }
        if self.is_asked(What::Crates) {
            for file in crates::pack(Dirty::Refused)? {
                println!("{}", file.display());
            }
        }
        if self.is_asked(What::Python) {
            println!("{}", wheel::ship(&directory)?);
        }
        if self.is_asked(What::Node) {
            let (native, packages) = npm::ship(&directory)?;
            println!("{native}");
            for file in packages {
                println!("{}", file.display());
            }
        }
        if self.is_asked(What::Materials) {
            for Materials { file, crates } in materials::list(&directory)? {
                println!("{}  {crates} crates of others", file.display());
            }
        }
        Ok(())
    }

    fn is_asked(&self, what: What) -> bool {
        self.what.is_empty() || self.what.contains(&what)
    }

    fn functions(&self, directory: &Path) -> Result<()> {
        let program = match &self.program {
            Some(file) => fs::canonicalize(file).with_context(|| format!("there is no `{}`", file.display()))?,
            None => program::build()?,
        };
        if self.is_asked(What::Zip) {
            println!("{}", archive::zip(&program, directory)?);
        }
        if !self.is_asked(What::Image) {
            return Ok(());
        }
        let needed = "neither `docker` nor `buildah` works here; `apt-get install buildah` is enough";
        match Builder::present() {
            Some(builder) => println!("{}", builder.build(&program, directory)?),
            None if self.what.is_empty() => println!("no image: {needed}"),
            None => anyhow::bail!("no image: {needed}"),
        }
        Ok(())
    }
}
