//! The generated part of the Python package: `_generated` of `smart_wishlist`.

mod calls;
mod models;
mod operations;
mod signature;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub(super) use write::{File, text};
