//! The packages for other languages, each installed into an empty place and tested there.

mod node;
mod node_program;

pub(crate) use node::run as node;
