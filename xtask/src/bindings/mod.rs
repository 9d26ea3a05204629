//! The packages for other languages, and what they are played against.

mod ground;

pub(crate) use ground::Ground;
