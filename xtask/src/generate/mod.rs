//! `cargo xtask generate`: everything that is derived from the source, written by one command.

mod access_patterns;
mod contract;
mod files;
mod infrastructure;
mod node_face;
mod promises;
mod python_face;
mod reference;
mod rust_client;

pub(crate) use files::{Arguments, check, elsewhere};
pub(crate) use promises::check as check_promises;
