//! The visible page: what a person would read off it.
//!
//! No rule here knows a shop. Words are looked up whole, so that a sentence about stock is not the stock.

mod amounts;
mod brand;
mod called;
mod numbers;
mod pictures;
mod prices;
mod visible;
mod wall;
mod wall_words;
mod words;

pub use brand::parse_brand;
pub(crate) use visible::{Visible, read};
pub(crate) use wall::wall;
