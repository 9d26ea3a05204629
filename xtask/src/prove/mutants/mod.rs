//! `cargo xtask prove mutants`: the code with a condition or a check less, and whether a test sees it.

mod command;
mod outcomes;
mod scope;
mod section;
mod tree;

pub(super) use command::Arguments;
pub(super) use section::Section;
