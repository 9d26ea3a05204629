#![doc = include_str!("../README.md")]

mod extract;
mod extraction;
mod fields;
mod merge;
mod page;
mod price;
mod sources;

pub use extract::{Page, extract};
pub use extraction::{Evidence, Extraction, Field, Source};
pub use price::{ParsedPrice, PriceHints, parse_price};
