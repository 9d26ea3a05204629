//! The whole face over a table in memory: real accounts, real tokens, and every answer held against the document.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised, in its helpers too")]

mod access;
mod bad_input;
mod browsers;
mod carrying;
mod codes;
mod contract;
mod document;
mod faults;
mod foreign;
mod forgeries;
mod headers;
mod hostile;
mod items;
mod listings;
mod log;
mod matrix;
mod overload;
mod pages;
mod prices;
mod rates;
mod reading;
mod refusals;
mod sessions;
mod shapes;
mod switched;
mod texts;
mod trust;
mod versions;
mod wishlists;
mod world;
