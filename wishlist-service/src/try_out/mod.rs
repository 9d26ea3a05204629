//! `try`: the first command a person types. A server in a temporary directory, used through its HTTP API as any client would.

mod client;
mod report;
mod run;

pub(crate) use run::run;
