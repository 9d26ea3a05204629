//! What rules know besides the candidates.

use url::Url;
use wishlist_core::model::PageKind;

use crate::finding::Rule;
use crate::price::PriceHints;

/// A page, as far as rules may know it.
pub(crate) struct Context<'a> {
    pub(crate) url: &'a Url,
    /// Whether an address may be shown that the page names.
    pub(crate) admits: &'a dyn Fn(&Url) -> bool,
    pub(crate) kind: PageKind,
    /// Why it is of that kind.
    pub(crate) kind_rule: Rule,
    /// The language and the host, by which an amount without a currency is read.
    pub(crate) hints: PriceHints<'a>,
}

/// A text reduced to its letters and digits in lower case, to compare names by.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
