//! Tables of tokens, and what is held of them: for the tests and for `examples/judge`.
//!
//! Three forms of a table are known. `recipe` is our own; `cases` holds recipes in words, with what the issuer's server
//! does among them; `vectors` is Wycheproof's, fixed signatures under fixed keys.

pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod claims;
pub(crate) mod encoding;
pub(crate) mod forging;
pub(crate) mod issuer;
pub(crate) mod json_text;
pub(crate) mod keys;
pub(crate) mod own;
pub(crate) mod publisher;
pub(crate) mod recipe;
pub(crate) mod report;
pub(crate) mod setup;
pub(crate) mod signing;
pub(crate) mod vectors;
