//! The packages, each installed into an empty place and tested there, and what they are played against.

mod ground;
mod growing;
mod node;
mod play;
mod python;
mod rust;

pub(crate) use ground::Ground;
pub(crate) use growing::run as grow;
pub(crate) use node::run as node;
pub(crate) use play::play;
pub(crate) use python::run as python;
pub(crate) use rust::{play as play_in_rust, run as rust};
