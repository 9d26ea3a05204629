//! What callers can do, written once over a table: each operation reads, decides in Rust, and commits what it decided.
//!
//! Nothing here knows HTTP, AWS, or how a page is visited.

mod accounts;
mod batches;
mod decide;
mod engine;
mod entities;
mod erasure;
mod export;
mod fan_out;
mod identities;
mod items;
mod jobs;
mod kept_items;
mod listings;
mod moves;
mod once;
mod pages;
mod places;
mod preview;
mod prices;
mod rates;
mod refresh;
mod states;
mod waiting;
mod wishlists;

pub use decide::Decision;
pub use engine::Engine;
pub use export::{Export, ExportPosition, ExportedRecord};
pub use fan_out::{FanOut, Pass};
pub use identities::Identities;
pub use items::AddedItem;
pub use jobs::{ErasureStage, Job, JobProgress, JobWork};
pub use kept_items::KeptItem;
pub use listings::{ItemFilter, ItemPosition, ItemSort, Listing, StateFilter};
pub use once::NamedCall;
pub use pages::Told;
pub use places::Neighbours;
pub use preview::{Preview, Previewed};
pub use prices::{PriceSeen, PriceWindow, Prices};
pub use rates::VisitRate;
pub use waiting::MAX_WAIT;

#[cfg(test)]
mod tests;
