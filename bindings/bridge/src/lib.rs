#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(clippy::result_large_err, reason = "a failure is moved once, on its way into another language")]

mod call;
mod embedded;
mod failure;
mod open_files;
mod options;
mod pure;
mod runtime;
mod wishlists;

pub use call::Call;
pub use failure::Failure;
pub use options::{ConnectOptions, OpenOptions};
pub use pure::{extract, parse_price};
pub use runtime::Started;
pub use wishlists::Wishlists;
