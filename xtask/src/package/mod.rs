//! `cargo xtask package`: what is shipped. Zip and image are made of one static binary that is built once.

mod archive;
mod artifact;
mod command;
pub(crate) mod crates;
mod image;
pub(crate) mod materials;
pub(crate) mod npm;
mod program;
pub(crate) mod wheel;

pub(crate) use archive::{unzip, zip};
pub(crate) use artifact::Artifact;
pub(crate) use command::Arguments;
pub(crate) use image::{Builder, IMAGE};
pub(crate) use program::build;
