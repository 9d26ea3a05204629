//! Which candidates say the same.

use super::{Context, availability, brand_name, fold, gtin, price, sku};
use crate::extraction::{Field, Source};
use crate::sources::Candidate;

/// What a candidate comes to for its field, in a form to compare by; `None` where it can be no value of it.
pub(crate) fn says(candidate: &Candidate, context: &Context<'_>) -> Option<String> {
    let value = &candidate.value;
    match candidate.field {
        Field::Title | Field::SiteName => Some(fold(value)),
        Field::Price | Field::ListPrice => price::money(candidate, context).map(|money| money.to_string()),
        Field::Availability => availability::term(value).map(|term| format!("{term:?}")),
        Field::Brand => brand_name(value).map(fold),
        Field::Sku => sku::number(value).map(|number| fold(&number)),
        Field::Gtin => gtin::parse_gtin(value)?.as_gtin().map(|gtin| gtin.trim_start_matches('0').to_owned()),
        Field::CanonicalUrl => Some(value.trim_end_matches('/').replace("http://", "https://")),
        Field::Image | Field::Description => Some(value.clone()),
    }
}

/// Whether what a candidate comes to is the same as `chosen`; a title with the shop's name behind it says the same as one without.
pub(crate) fn same(field: Field, chosen: &str, other: &str) -> bool {
    let within = || !chosen.is_empty() && !other.is_empty() && (chosen.contains(other) || other.contains(chosen));
    chosen == other || (matches!(field, Field::Title | Field::SiteName | Field::Brand) && within())
}

/// Whether another value of this source speaks against the chosen one. Pictures and descriptions differ without contradicting;
/// page state names other products, and the address's number may be anything's.
pub(crate) fn contradicts(field: Field, source: Source) -> bool {
    !matches!(field, Field::Image | Field::Description) && !matches!(source, Source::State | Source::Url)
}
