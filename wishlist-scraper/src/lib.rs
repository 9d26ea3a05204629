#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod due;
mod ending;
pub mod fetch;
mod lanes;
mod local_queue;
mod measure;
mod preview;
mod refresh;
mod scrape;
mod sweep;
mod visit;
mod worker;

pub use fetch::{FetchFailure, FetchSettings, Fetched, Fetcher, PrivateAddresses};
pub use lanes::{Loopback, Politeness};
pub use local_queue::{Inbox, LocalQueue};
pub use preview::Previewer;
pub use scrape::{Outcome, Scrape, Scraped, Scraper};
pub use sweep::{resume, sweep, sweep_every, sweep_once, sweep_until};
pub use visit::{Visited, Visitor};
pub use worker::{handle, work};
