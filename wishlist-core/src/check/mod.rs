//! Whether the records of a table go together: what every operation keeps true, looked at from outside.
//!
//! A list of [`Rule`]s, one a kind of record, is all that there is to a check; crates with records of their own pass theirs.
//! The records stream by in the order of their keys, so a check's memory is bounded by the work that is under way.

mod examination;
mod partition;
mod report;
mod rules;
mod run;

pub use examination::Examination;
pub use report::{Report, Violation};
pub use rules::{RULES, Rule};
pub use run::{Source, check};

#[cfg(test)]
#[cfg(feature = "embedded")]
mod tests;
