//! `cargo xtask package`: what is deployed, made from one static binary that is built once.

mod archive;
mod artifact;
mod command;
mod image;
mod program;

pub(crate) use archive::{unzip, zip};
pub(crate) use artifact::Artifact;
pub(crate) use command::Arguments;
pub(crate) use image::{Builder, IMAGE};
pub(crate) use program::build;
