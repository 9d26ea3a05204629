#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod extract;
mod extraction;
mod fields;
mod finding;
mod merge;
mod page;
mod price;
mod sources;

pub use extract::{Page, extract, extract_admitting};
pub use extraction::{Evidence, Extraction, Field, Source};
pub use fields::{Gtin, GtinKind, parse_gtin};
pub use finding::{Finding, Rule};
pub use price::{ParsedPrice, PriceHints, parse_price};
pub use sources::parse_brand;
