//! The pages in a real browser: Chromium, driven over its own protocol, against a server on loopback.
//!
//! It is a leg of its own, `cargo xtask test browser`, which sees to it that there is a Chromium.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised, in its helpers too")]

mod chromium;
mod page;
mod picture;
mod reference;
mod server;
