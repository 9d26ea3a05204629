#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "engine")]
pub mod check;
pub mod clock;
pub mod error;
pub mod ids;
#[cfg(feature = "engine")]
pub mod ledger;
pub mod model;
#[cfg(feature = "engine")]
pub mod operations;
pub mod place;
#[cfg(feature = "engine")]
pub mod queue;
#[cfg(feature = "engine")]
pub mod table;

pub use error::{Error, Kind, Result};
