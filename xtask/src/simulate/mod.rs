//! `cargo xtask simulate`: a day of visits at a hundred million users, with a page's facts shared among its items and without.

mod arguments;
mod day;
mod report;

pub(crate) use arguments::Arguments;
pub(crate) use report::markdown;
