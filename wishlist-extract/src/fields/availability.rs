//! Whether it can be had.

use wishlist_core::model::Availability;

use super::{Choice, Chosen};
use crate::extraction::Field;
use crate::finding::Rule;
use crate::sources::Candidates;

/// The terms of schema.org, Facebook's and Google's feeds, without space, hyphen and underscore.
const TERMS: &[(&str, Availability)] = &[
    ("outofstock", Availability::OutOfStock),
    ("soldout", Availability::OutOfStock),
    ("oos", Availability::OutOfStock),
    ("reserved", Availability::OutOfStock),
    ("unavailable", Availability::OutOfStock),
    ("notavailable", Availability::OutOfStock),
    ("discontinued", Availability::Discontinued),
    ("limitedavailability", Availability::Limited),
    ("preorder", Availability::PreOrder),
    ("presale", Availability::PreOrder),
    ("backorder", Availability::BackOrder),
    ("availablefororder", Availability::BackOrder),
    ("madetoorder", Availability::InStock),
    ("instock", Availability::InStock),
    ("instoreonly", Availability::InStock),
    ("onlineonly", Availability::InStock),
    ("available", Availability::InStock),
];

/// The availability: the first candidate whose term is known. A page without a word about it has none, though it names a
/// price: what nobody said is not shown.
pub(crate) fn availability(candidates: &Candidates) -> Choice<'_, Availability> {
    let mut all = candidates.of(Field::Availability);
    all.find_map(|candidate| Some(Chosen::one(term(&candidate.value)?, Rule::MostTrusted, candidate)))
}

/// The meaning of a term with or without `https://schema.org/` before it.
pub(crate) fn term(text: &str) -> Option<Availability> {
    let name = text.trim_end_matches('/').rsplit(['/', '#', ':']).next()?;
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    TERMS.iter().find(|(term, _)| name.starts_with(term)).map(|(_, means)| *means)
}
