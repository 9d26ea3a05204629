//! The leg that calls every operation of a running server with whatever the document allows, and with what it does not.

mod baseline;
mod run;
mod stranger;
mod summary;

pub(crate) use run::{Fuzzed, fuzz, run};
