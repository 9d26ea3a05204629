#![doc = include_str!("../README.md")]

pub mod clock;
pub mod error;
pub mod ids;
pub mod model;
pub mod table;

pub use error::{Error, Kind, Result};
