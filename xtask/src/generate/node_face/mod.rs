//! The generated part of the npm package: `bindings/node/generated`.

mod model;
mod operations;
mod signatures;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub(super) use write::{File, text};
