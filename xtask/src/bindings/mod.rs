//! The packages for other languages, and what they are played against.

mod python;

pub(crate) use python::run as python;
