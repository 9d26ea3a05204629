//! Prices as people write them.
//!
//! Which of several prices of a page counts does not belong here.

mod currency;
mod number;
mod parse;

pub(crate) use currency::named;
pub(crate) use number::is_digit;
pub use parse::{ParsedPrice, PriceHints, parse_price};
