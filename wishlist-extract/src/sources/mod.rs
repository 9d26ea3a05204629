//! Ways of reading a page, each giving candidates for the fields of a product.
//!
//! Which candidate is right is not decided here: that is `fields`' part.

mod candidates;
mod dom;
mod json;
mod json_ld;
mod meta;
mod microdata;
mod offers;
mod rdfa;
mod schema_org;
mod sites;
mod state;
mod things;

pub(crate) use candidates::{Candidate, Candidates};
pub use dom::parse_brand;
pub(crate) use dom::{Visible, wall};
pub(crate) use meta::Head;
pub(crate) use schema_org::Structure;
pub(crate) use things::Things;

pub(crate) mod read {
    //! All readers.
    pub(crate) use super::{
        dom::read as dom, json_ld::read as json_ld, meta::read as meta, microdata::read as microdata,
        rdfa::read as rdfa, schema_org::read as schema_org, sites::read as site, state::read as state,
        state::read_product as state_product,
    };
}
