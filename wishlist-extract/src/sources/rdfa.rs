//! `typeof` and `property` (`RDFa` Lite 1.1).

use super::microdata::{Syntax, read_scopes};
use super::things::Things;
use crate::extraction::Source;
use crate::page::{Document, flags};

const RDFA: Syntax = Syntax {
    source: Source::Rdfa,
    scope: flags::TYPEOF,
    property: flags::PROPERTY,
    type_name: "typeof",
    property_name: "property",
    id_name: "resource",
};

/// Adds the things of all `RDFa` of a page.
pub(crate) fn read<'a>(document: &Document<'a>, things: &mut Things<'a>) {
    let _begun = read_scopes(document, RDFA, things);
}
