#![doc = include_str!("../README.md")]

pub mod fetch;

pub use fetch::{FetchFailure, FetchSettings, Fetched, Fetcher, PrivateAddresses};
