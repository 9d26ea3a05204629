//! `cargo xtask check`: everything that reads the source and runs none of it.

mod edges;
mod house;
mod legs;
mod rules;

pub(crate) use legs::{Arguments, LEGS, deny};
