//! What operators see: `/metrics` in Prometheus' text format and `/ready`, on an address of their own.
//!
//! Without that address nothing is recorded. What the API and background work count is in their own crates, by the facade of
//! `metrics`; `docs/operations.md` has a table of all of it.

mod endpoint;
mod measured_table;
mod process;
mod recorder;
mod sampled;

pub(crate) use endpoint::Observed;
pub(crate) use measured_table::MeasuredTable;
pub(crate) use sampled::{DataFile, Sampled};
