//! The infrastructure: synthesized, tested and linted, offline and without credentials.

mod lints;
mod run;
mod synthesis;

pub(crate) use run::run;
