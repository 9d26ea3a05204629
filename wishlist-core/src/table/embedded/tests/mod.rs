//! What only the embedded table promises; the rest is in the conformance list.

mod copies;
mod stage;
mod tables;
