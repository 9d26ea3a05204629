//! `cargo xtask generate`: everything that is derived from the source, written by one command.

mod access_patterns;
mod contract;
mod files;
mod node_face;
mod rust_client;

pub(crate) use files::{Arguments, check};
