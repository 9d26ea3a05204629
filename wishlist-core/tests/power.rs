//! The table on a machine that loses its power: what was acknowledged is there when it is opened anew, and nothing is
//! there by half.
//!
//! SQLite's files go through a file system of ours, [`hook`], which passes everything on and tells a [`machine`] what
//! was written and what was made durable.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "power/disk.rs"]
mod disk;
#[path = "power/failures.rs"]
mod failures;
#[path = "power/hook.rs"]
mod hook;
#[path = "power/life.rs"]
mod life;
#[path = "power/losses.rs"]
mod losses;
#[path = "power/machine.rs"]
mod machine;
#[path = "power/starts.rs"]
mod starts;
#[path = "power/writer.rs"]
mod writer;
