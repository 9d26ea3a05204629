//! The fields of a product, each an ordered list of pure rules over the candidates of all sources.
//!
//! No rule here reads the page: what a rule needs of it, a source has read.

mod agreement;
mod availability;
mod choice;
mod context;
mod gtin;
mod kind;
mod price;
mod sku;
mod urls;
mod words;

pub(crate) use context::{Context, fold};
pub(crate) use kind::{is_article, kind};
pub(crate) use price::{amount_of, list_price, price};

pub(crate) use agreement::{contradicts, same, says};
pub(crate) use availability::{availability, term};
pub(crate) use choice::{Choice, Chosen};
pub(crate) use gtin::gtin;
pub use gtin::{Gtin, GtinKind, parse_gtin};
pub(crate) use sku::{number_in, sku};
pub(crate) use urls::{canonical_url, images};
use words::brand_name;
pub(crate) use words::{brand, description, site_name, title};
