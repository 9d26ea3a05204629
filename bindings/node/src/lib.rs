//! The native part of the npm package `smart-wishlist`: what `wishlist-bridge` does, as Node calls it.
//!
//! One call in, one reply out. Names, types and classes of errors are the JavaScript's around it, which alone loads this. What
//! fails is thrown as an error whose message is the JSON of a `Failure`.
#![allow(unsafe_code, reason = "what `#[napi]` writes registers the functions with Node")]
#![allow(clippy::needless_pass_by_value, reason = "what JavaScript hands over is a copy of our own")]
#![cfg_attr(test, allow(dead_code, reason = "what `#[napi]` writes to call it is left out where tests are built"))]

mod calls;
mod options;
mod pure;
mod replies;
mod work;

use std::fmt;

use napi::{Error, Status};
use wishlist_bridge::Failure;

/// The failure, as the JavaScript around expects it.
fn thrown(failure: &Failure) -> Error {
    // A failure is texts and numbers, which JSON always has.
    Error::new(Status::GenericFailure, serde_json::to_string(failure).unwrap_or_else(|_| failure.to_string()))
}

/// What there is to show of something that only JavaScript holds.
fn opaque(formatter: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    formatter.debug_struct(name).finish_non_exhaustive()
}
