//! Seeded worlds: people, workers, a sweeper, and whatever can go wrong, on one thread in paused time, and what holds for all that.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod audit;
mod chance;
mod deeds;
#[cfg(feature = "aws-tests")]
mod dynamo;
mod invariants;
mod journal;
mod judge;
mod kept;
mod memory;
mod play;
mod post;
mod register;
mod seeds;
mod settle;
mod shrink;
mod stage;
mod store;
mod time;
mod walk;
mod web;
mod world;
