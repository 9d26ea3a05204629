//! What it costs, and what it cost before.

use wishlist_core::model::{Currency, Money};

use super::{Choice, Chosen, Context};
use crate::extraction::{Field, Source};
use crate::finding::Rule;
use crate::price::{PriceHints, named, parse_price};
use crate::sources::{Candidate, Candidates};

/// An amount and the candidate that gave it.
type Priced<'c> = (Money, &'c Candidate);

/// The price.
///
/// In order: what the site's own rules say; the lower visible price, where the page strikes through what its markup says; the
/// amount on which most sources agree; the first of them.
pub(crate) fn price<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, Money> {
    let all = amounts(candidates, Field::Price, context);
    let struck = amounts(candidates, Field::ListPrice, context);
    let of_site = all.iter().find(|(_, candidate)| candidate.source == Source::Site);
    let reduced = || {
        let (marked, _) = all.first()?;
        let is_struck = struck.iter().any(|(money, candidate)| money == marked && candidate.source == Source::Dom);
        all.iter().find(|(money, candidate)| is_struck && candidate.source == Source::Dom && less(*money, *marked))
    };
    let by = |rule: Rule| move |priced: &Priced<'c>| (*priced, rule);
    let ((value, _), rule) =
        of_site.map(by(Rule::SiteRules)).or_else(|| reduced().map(by(Rule::Reduced))).or_else(|| agreed(&all))?;
    let from = all.iter().filter(|(other, _)| *other == value).map(|(_, candidate)| *candidate);
    Some(Chosen { value, rule, from: from.collect() })
}

/// The list price: the first amount, or struck-through markup price, that is more than the price.
pub(crate) fn list_price<'c>(
    candidates: &'c Candidates,
    context: &Context<'_>,
    price: Option<Money>,
) -> Choice<'c, Money> {
    let price = price?;
    let all = amounts(candidates, Field::ListPrice, context);
    let (money, candidate) = all.into_iter().find(|(money, _)| less(price, *money))?;
    Some(Chosen::one(money, Rule::AbovePrice, candidate))
}

fn less(one: Money, other: Money) -> bool {
    one.currency() == other.currency() && one.minor_units() < other.minor_units()
}

/// The amount that most sources give; of equals the first.
fn agreed<'c>(all: &[Priced<'c>]) -> Option<(Priced<'c>, Rule)> {
    let sources = |money: &Money| {
        let mut sources: Vec<Source> =
            all.iter().filter(|(other, _)| other == money).map(|(_, of)| of.source).collect();
        sources.dedup();
        sources.len()
    };
    let most = all.iter().map(|(money, _)| sources(money)).max()?;
    let rule = if most > 1 { Rule::MostAgreed } else { Rule::MostTrusted };
    Some((*all.iter().find(|(money, _)| sources(money) == most)?, rule))
}

fn amounts<'c>(candidates: &'c Candidates, field: Field, context: &Context<'_>) -> Vec<Priced<'c>> {
    let all = candidates.of(field).filter_map(|candidate| Some((money(candidate, context)?, candidate)));
    all.filter(|(money, _)| money.minor_units() > 0).collect()
}

/// The amount of a candidate in the currency of its markup, its text, the page's language or its host, in that order.
pub(super) fn money(candidate: &Candidate, context: &Context<'_>) -> Option<Money> {
    let likely = context.hints.likely();
    let marked = candidate.currency.as_deref().and_then(|text| named(text, &likely));
    // Programs write `12.990` of a currency with three decimals and mean its point.
    let decimal_separator = marked.filter(|currency| currency.decimals() == 3).map(|_| '.');
    let parsed = parse_price(&candidate.value, &PriceHints { decimal_separator, ..context.hints })?;
    let currency = marked.or(parsed.currency).or_else(|| likely.first().copied())?;
    in_minor_units(&parsed.amount, currency)
}

/// An amount in the decimals of its currency: more are rounded, as `19.9900` and `24990.0` are written by programs.
fn in_minor_units(amount: &str, currency: Currency) -> Option<Money> {
    let decimals = usize::try_from(currency.decimals()).ok()?;
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(decimals).collect();
    let up = fraction.as_bytes().get(decimals).is_some_and(|digit| *digit >= b'5');
    let minor: u64 = format!("{whole}{digits}").parse().ok()?;
    Money::from_minor_units(minor.checked_add(u64::from(up))?, currency)
}

/// A price in ten-thousandths of its unit, to compare amounts of one currency by.
pub(crate) fn amount_of(text: &str) -> Option<u64> {
    let amount = parse_price(text, &PriceHints::default())?.amount;
    let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
    let digits: String = fraction.chars().chain("0000".chars()).take(4).collect();
    format!("{whole}{digits}").parse().ok().filter(|amount| *amount > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_take_the_decimals_of_their_currency() {
        let rows = [
            ("19.99", "EUR", "19.99 EUR"),
            ("19.9900", "EUR", "19.99 EUR"),
            ("19.995", "EUR", "20.00 EUR"),
            ("24990.0", "CLP", "24990 CLP"),
            ("5", "KWD", "5.000 KWD"),
        ];
        for (amount, currency, expected) in rows {
            let money = in_minor_units(amount, currency.parse().unwrap()).unwrap();
            assert_eq!(money.to_string(), expected);
        }
        assert_eq!(in_minor_units("99999999999999999999", "EUR".parse().unwrap()), None);
    }
}
