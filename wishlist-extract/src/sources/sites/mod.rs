//! Rules for single families of shops: only for those that make up a large part of what people paste.

mod amazon;
mod ebay;
mod family;

use family::belongs_to;
pub(crate) use family::read;
