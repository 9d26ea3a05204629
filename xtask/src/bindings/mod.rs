//! The packages for other languages, and what they are played against.

mod ground;
mod growing;
mod python;

pub(crate) use ground::Ground;
pub(crate) use growing::run as grow;
pub(crate) use python::run as python;
