//! The few pages for people. They are no operations of the contract: no client calls them, and the document does not name
//! them.
//!
//! A page is one answer that asks for nothing else: its style and its script are in it, and its policy lets it reach
//! nobody but this server. Nothing of it is computed before somebody asks.

mod contract;
mod example;
mod fields;
mod operation;
mod policy;
mod prose;
mod reference;
mod trial;

pub(crate) use self::reference::show_reference;
