//! What it costs, and what it cost before.

use wishlist_core::model::{Currency, Money};

use super::{Choice, Context};
use crate::extraction::Field;
use crate::price::{PriceHints, named, parse_price};
use crate::sources::{Candidate, Candidates};

/// The price: the first candidate in the order of sources that is an amount of a known currency.
pub(crate) fn price<'c>(candidates: &'c Candidates, context: &Context<'_>) -> Choice<'c, Money> {
    let mut found = candidates.of(Field::Price).filter_map(|candidate| Some((money(candidate, context)?, candidate)));
    let (money, candidate) = found.find(|(money, _)| money.minor_units() > 0)?;
    Some((money, vec![candidate]))
}

/// The list price, where it is more than the price.
pub(crate) fn list_price<'c>(
    candidates: &'c Candidates,
    context: &Context<'_>,
    price: Option<Money>,
) -> Choice<'c, Money> {
    let price = price?;
    let mut found =
        candidates.of(Field::ListPrice).filter_map(|candidate| Some((money(candidate, context)?, candidate)));
    let (money, candidate) =
        found.find(|(money, _)| money.currency() == price.currency() && money.minor_units() > price.minor_units())?;
    Some((money, vec![candidate]))
}

/// The amount of a candidate in the currency of its markup, its text, the page's language or its host, in that order.
fn money(candidate: &Candidate, context: &Context<'_>) -> Option<Money> {
    let hints = PriceHints { currency: candidate.currency.as_deref(), ..PriceHints::default() };
    let parsed = parse_price(&candidate.value, &hints)?;
    let marked = candidate.currency.as_deref().and_then(|text| named(text, &context.likely));
    let currency = marked.or(parsed.currency).or_else(|| context.likely.first().copied())?;
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
