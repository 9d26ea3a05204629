//! Visits over the embedded table in memory, with pages that answer as a script says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clocks;
mod deaths;
mod erasures;
mod fan_out;
mod items;
mod previews;
mod prices;
mod refreshes;
mod sweeps;
mod workers;
mod world;
