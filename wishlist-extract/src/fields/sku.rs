//! The shop's own number.

use url::Url;

use super::{Choice, Chosen, Context, fold, parse_gtin};
use crate::extraction::{Field, Source};
use crate::finding::Rule;
use crate::sources::{Candidate, Candidates};

/// Longer numbers are texts (and the limit of the field).
const MAX_SKU: usize = 100;

/// The shop's number.
///
/// In order: what the site's own rules say; a number in markup that people also see; the one labelled number that is seen;
/// a number in markup; one in the page's state, seen among others, in the page's address. A code that the title repeats is
/// the maker's, a GTIN the world's: they count only where there is nothing else.
pub(crate) fn sku<'c>(candidates: &'c Candidates, context: &Context<'_>, title: Option<&str>) -> Choice<'c, String> {
    let title = title.map(fold).unwrap_or_default();
    let all: Vec<(String, &Candidate)> =
        candidates.of(Field::Sku).filter_map(|candidate| Some((number(&candidate.value)?, candidate))).collect();
    let (others, own): (Vec<_>, Vec<_>) = all.into_iter().partition(|(number, candidate)| {
        let seen = candidate.source == Source::Dom;
        (seen && (number.contains(' ') || title.contains(&fold(number))))
            || (number.len() == 13 && parse_gtin(number).is_some())
    });
    choose(&own, context.url).or_else(|| choose(&others, context.url))
}

fn choose<'c>(numbers: &[(String, &'c Candidate)], url: &Url) -> Choice<'c, String> {
    let of = |source: Source| numbers.iter().filter(move |(_, candidate)| candidate.source == source);
    let marked = || {
        numbers.iter().filter(|(_, candidate)| !matches!(candidate.source, Source::State | Source::Dom | Source::Url))
    };
    let is_seen = |number: &str| of(Source::Dom).any(|(other, _)| fold(other) == fold(number));
    let shop = of(Source::Site).next().cloned();
    let agreed = || marked().find(|(number, _)| is_seen(number)).cloned();
    let lone = || marked().next().map(|(number, candidate)| (as_in_address(number.clone(), url), *candidate));
    let rest = || [Source::State, Source::Dom, Source::Url].into_iter().find_map(|source| of(source).next().cloned());
    let by = |rule: Rule| move |(number, candidate)| Chosen::one(number, rule, candidate);
    shop.map(by(Rule::SiteRules))
        .or_else(|| agreed().map(by(Rule::AlsoSeen)))
        .or_else(|| only(of(Source::Dom).cloned()).map(by(Rule::OnlySeen)))
        .or_else(|| lone().or_else(rest).map(by(Rule::MostTrusted)))
}

/// The one number that is seen, if there is just one.
fn only<'c>(mut seen: impl Iterator<Item = (String, &'c Candidate)>) -> Option<(String, &'c Candidate)> {
    let first = seen.next()?;
    seen.all(|(number, _)| fold(&number) == fold(&first.0)).then_some(first)
}

/// A number as markup and labels write it, without `SKU:` and a closing point. What stands before another label is bared in
/// turn, so that a number is its own bare form.
pub(super) fn number(text: &str) -> Option<String> {
    let bare = bare(text)?;
    if bare == text { Some(text.to_owned()) } else { number(bare) }
}

/// One label and what surrounds a number taken off; never longer than `text`.
fn bare(text: &str) -> Option<&str> {
    const NONE: [&str; 9] = ["n/a", "na", "none", "null", "undefined", "0", "-", "false", "true"];
    let text = match text.split_once(':') {
        Some((label, rest)) if label.len() <= 5 && label.chars().all(char::is_alphabetic) => rest.trim(),
        _ => text,
    };
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    // `TE-5029 Chair cover`: the number, and what it is the number of.
    let text = match text.split_once(' ') {
        Some((first, _)) if first.len() >= 4 && first.chars().any(|c| c.is_ascii_digit()) => first,
        Some(_) if !text.chars().any(|c| c.is_ascii_digit()) => return None,
        _ => text,
    };
    let good = text.chars().any(char::is_alphanumeric) && text.chars().count() <= MAX_SKU;
    let placeholder = NONE.iter().any(|word| text.eq_ignore_ascii_case(word)) || text.contains("://");
    (good && !placeholder).then_some(text)
}

/// `MK1-2` where the address has `MK1` alone: the number of a variant, of a page that is the product's.
fn as_in_address(number: String, url: &Url) -> String {
    match number.rsplit_once(['-', '_']) {
        Some((product, variant))
            if product.len() >= 5
                && variant.len() <= 3
                && url.as_str().contains(product)
                && !url.as_str().contains(&number) =>
        {
            product.to_owned()
        }
        _ => number,
    }
}

/// Query parameters that name a product.
const PARAMETERS: &[&str] = &[
    "sku",
    "pid",
    "productid",
    "product_id",
    "prdid",
    "itemid",
    "item_id",
    "item",
    "item_no",
    "id",
    "code",
    "variant",
    "artnr",
];

/// The number by which an address names its product: a parameter's, else the last run of five or more digits in the path.
pub(crate) fn number_in(url: &Url) -> Option<String> {
    let parameter = |wanted: &&str| {
        let mut pairs = url.query_pairs();
        pairs.find(|(name, value)| name.eq_ignore_ascii_case(wanted) && value.chars().any(|c| c.is_ascii_digit()))
    };
    if let Some((_, value)) = PARAMETERS.iter().find_map(parameter) {
        return Some(value.into_owned());
    }
    let mut runs = url.path().split(|c: char| !c.is_ascii_digit()).filter(|run| (5..=14).contains(&run.len()));
    runs.next_back().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_products_by_number() {
        let rows = [
            ("https://shop.example/p/mill-904230/", Some("904230")),
            ("https://shop.example/store/36064?pid=262388", Some("262388")),
            ("https://shop.example/c5780a200532255/mill.html", Some("200532255")),
            ("https://shop.example/2024/mill", None),
        ];
        for (url, expected) in rows {
            assert_eq!(number_in(&url.parse().unwrap()).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn numbers_are_bared_of_labels() {
        let rows = [
            ("sku:XA30202", Some("XA30202")),
            ("A/1.", Some("A/1")),
            ("1SKU: 1", Some("1SKU")),
            ("sku: art: 4711-A", Some("4711-A")),
            ("n/a", None),
            ("---", None),
            ("sku: n/a", None),
        ];
        for (text, expected) in rows {
            assert_eq!(number(text).as_deref(), expected, "{text}");
        }
    }
}
