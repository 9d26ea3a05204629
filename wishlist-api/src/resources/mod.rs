//! One module a noun: the types of its requests and answers above the handlers. A handler reads, calls one operation and
//! answers; what is allowed is decided behind it.

pub(crate) mod codes;
mod item;
pub(crate) mod items;
pub(crate) mod me;
pub(crate) mod moves;
pub(crate) mod prices;
pub(crate) mod products;
pub(crate) mod sessions;
pub(crate) mod system;
mod wishlist;
pub(crate) mod wishlists;
mod words;
