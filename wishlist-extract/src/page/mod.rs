//! A page's bytes as text and a light tree: what every source reads.
//!
//! What an element means for a product does not belong here.

mod attributes;
mod charset;
mod nesting;
mod tag;
mod text;
mod tokens;
mod tree;

pub(crate) use attributes::is_test_name;
pub(crate) use charset::decode;
pub(crate) use tag::Tag;
pub(crate) use text::{clean, unescape};
pub(crate) use tokens::flags;
pub(crate) use tree::{Document, Node, NodeId};
