//! The operations over the embedded table in memory.

mod clocks;
mod erasure;
mod listings;
mod lists_and_items;
mod moves;
mod once;
mod places;
mod rates;
mod world;
