//! Logs: one line an event on standard error, for people on a terminal, JSON otherwise.
//!
//! What may be logged is an allow-list: [`fields`] names every field, of a URL the host, of a person the id. Anything else is
//! written as `…`, and of other people's crates that they had something to say.

mod fields;
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "nothing else is called as a function is"))]
mod invocation;
mod line;
#[cfg(feature = "otel")]
mod otel;
mod panics;
mod start;
#[cfg_attr(not(feature = "aws"), allow(dead_code, reason = "as above"))]
mod trace_header;

pub(crate) use fields::log_fields;
#[cfg(feature = "aws")]
pub(crate) use invocation::Invocation;
#[cfg(feature = "aws")]
pub(crate) use start::flush_soon;
pub(crate) use start::{flush, joined, report, start};
pub(crate) use trace_header::TraceHeader;
