//! One module a noun: the types of its requests and answers above the handlers. A handler reads, calls one operation and
//! answers; what is allowed is decided behind it.

mod item;
pub(crate) mod items;
pub(crate) mod me;
pub(crate) mod sessions;
pub(crate) mod system;
pub(crate) mod wishlists;
