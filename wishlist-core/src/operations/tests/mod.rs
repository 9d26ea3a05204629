//! The operations over the embedded table in memory; the same over DynamoDB by `cargo xtask test aws`.

mod clocks;
mod erasure;
mod listings;
mod lists_and_items;
mod moves;
mod once;
mod places;
mod rates;
mod world;
