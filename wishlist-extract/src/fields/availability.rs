//! Whether it can be had.

use wishlist_core::model::Availability;

use super::{Choice, Chosen};
use crate::extraction::{Field, Source};
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

/// The availability: the first candidate whose term is known, else [`Availability::Unknown`] where markup has a term of its own.
/// A page without a word about it has none, though it names a price: what nobody said is not shown.
pub(crate) fn availability(candidates: &Candidates) -> Choice<'_, Availability> {
    let all = || candidates.of(Field::Availability);
    let known = all().find_map(|candidate| Some(Chosen::one(term(&candidate.value)?, Rule::MostTrusted, candidate)));
    let unknown = || {
        let marked =
            all().find(|candidate| matches!(candidate.source, Source::JsonLd | Source::Microdata | Source::Rdfa));
        marked.map(|candidate| Chosen::one(Availability::Unknown, Rule::MostTrusted, candidate))
    };
    known.or_else(unknown)
}

/// The meaning of a term with or without `https://schema.org/` before it.
pub(crate) fn term(text: &str) -> Option<Availability> {
    let name = text.trim_end_matches('/').rsplit(['/', '#', ':']).next()?;
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    TERMS.iter().find(|(term, _)| name.starts_with(term)).map(|(_, means)| *means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_many_vocabularies_are_known() {
        let rows = [
            ("https://schema.org/InStock", Some(Availability::InStock)),
            ("http://schema.org/in_stock/", Some(Availability::InStock)),
            ("IN_STOCK", Some(Availability::InStock)),
            ("schema:LimitedAvailability", Some(Availability::Limited)),
            ("preorder", Some(Availability::PreOrder)),
            ("available for order", Some(Availability::BackOrder)),
            ("BackOrder", Some(Availability::BackOrder)),
            ("SoldOut", Some(Availability::OutOfStock)),
            ("out-of-stock", Some(Availability::OutOfStock)),
            ("https://schema.org/Discontinued", Some(Availability::Discontinued)),
            ("OnlineOnly", Some(Availability::InStock)),
            ("MadeToOrder", Some(Availability::InStock)),
            ("tomorrow", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(term(text), expected, "{text}");
        }
    }

    #[test]
    fn a_word_of_a_markups_own_is_none_of_the_others() {
        let mut candidates = Candidates::default();
        candidates.add(Field::Availability, Source::JsonLd, "ask us");
        assert_eq!(availability(&candidates).map(|chosen| chosen.value), Some(Availability::Unknown));
        candidates.add(Field::Availability, Source::Dom, "InStock");
        assert_eq!(availability(&candidates).map(|chosen| chosen.value), Some(Availability::InStock));
    }
}
