//! The generated part of `wishlist-client`.

mod blocking;
mod by_name;
mod model;
mod operations;
mod options;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub(super) use write::{File, text};
