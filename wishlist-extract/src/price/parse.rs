//! From a text to an amount and a currency.

use wishlist_core::model::Currency;

use super::currency::{SIGNS, Sign, named, of_host, of_language};
use super::number::{Number, numbers};

/// What is known about a price besides its own text.
#[derive(Clone, Copy, Debug, Default)]
pub struct PriceHints<'a> {
    /// A text beside the price that may name its currency: `€`, `EUR`, `in US dollars`.
    pub currency: Option<&'a str>,
    /// What parts the decimals, where that is known.
    pub decimal_separator: Option<char>,
    /// The language of the page, as `de-CH`.
    pub language: Option<&'a str>,
    /// The host of the page.
    pub host: Option<&'a str>,
}

impl PriceHints<'_> {
    /// The currencies that the language and the host speak for.
    pub(crate) fn likely(&self) -> Vec<Currency> {
        let language = self.language.and_then(of_language);
        language.into_iter().chain(self.host.and_then(of_host)).collect()
    }
}

/// An amount of money in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedPrice {
    /// The amount as exact decimal text, with the decimals that were written: `1234.50`.
    pub amount: String,
    /// The currency where the text or a hint names one.
    pub currency: Option<Currency>,
}

/// Longer texts hold something else than a price.
const MAX_TEXT: usize = 400;

/// Reads the price of a short text: the number beside a currency, else the first number that is not a percentage.
///
/// A sign of several currencies (`$`, `kr`) is read by the hints' language and host. The word `free` is a price of 0.
///
/// ```
/// use wishlist_extract::{PriceHints, parse_price};
///
/// let price = parse_price("statt 1.299,00 € nur", &PriceHints::default()).unwrap();
/// assert_eq!((price.amount.as_str(), price.currency.unwrap().code()), ("1299.00", "EUR"));
/// ```
pub fn parse_price(text: &str, hints: &PriceHints<'_>) -> Option<ParsedPrice> {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end)?;
    let likely = hints.likely();
    let found = numbers(text, hints.decimal_separator);
    let priced = found
        .iter()
        .find_map(|number| Some((number, beside(text, number, &likely)?)));
    let hinted = || hints.currency.and_then(|hint| anywhere(hint, &likely));
    if let Some((number, currency)) = priced {
        return Some(ParsedPrice {
            amount: number.amount.clone(),
            currency: Some(currency),
        });
    }
    let plain = found.iter().find(|number| !is_percentage(text, number));
    let amount = match plain {
        Some(number) => number.amount.clone(),
        None if has_word(text, "free") => "0".to_owned(),
        None => return None,
    };
    Some(ParsedPrice {
        amount,
        currency: anywhere(text, &likely).or_else(hinted),
    })
}

fn is_percentage(text: &str, number: &Number) -> bool {
    text.get(number.end..)
        .is_some_and(|after| after.trim_start().starts_with(['%', '٪', '％']))
}

/// The currency that stands directly before or after a number.
fn beside(text: &str, number: &Number, likely: &[Currency]) -> Option<Currency> {
    let before = text
        .get(..number.start)?
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '-' | '~'));
    let after = text
        .get(number.end..)?
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | '.'));
    let first = after
        .split(|c: char| c.is_whitespace() || c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    let last = before
        .rsplit(|c: char| c.is_whitespace() || c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    sign_at_end(last, likely).or_else(|| sign_at_start(first, likely))
}

fn is_code(text: &str) -> Option<Currency> {
    (text.len() == 3)
        .then(|| text.to_ascii_uppercase().parse().ok())
        .flatten()
}

fn sign_at_start(word: &str, likely: &[Currency]) -> Option<Currency> {
    let letters: String = word.chars().take_while(|c| c.is_alphabetic()).collect();
    let lower = word.to_lowercase();
    let starts = |(sign, _): &&(&str, Sign)| {
        lower
            .strip_prefix(sign)
            .is_some_and(|rest| !ends_in_letter(sign) || !rest.starts_with(char::is_alphabetic))
    };
    is_code(&letters).or_else(|| {
        SIGNS
            .iter()
            .filter(starts)
            .max_by_key(|(sign, _)| sign.len())?
            .1
            .currency(likely)
    })
}

fn sign_at_end(word: &str, likely: &[Currency]) -> Option<Currency> {
    let lower = word.to_lowercase();
    let tail: String = word
        .chars()
        .rev()
        .take_while(|c| c.is_alphabetic())
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let ends = |(sign, _): &&(&str, Sign)| {
        lower
            .strip_suffix(sign)
            .is_some_and(|rest| !starts_in_letter(sign) || !rest.ends_with(char::is_alphabetic))
    };
    is_code(&tail).or_else(|| {
        SIGNS
            .iter()
            .filter(ends)
            .max_by_key(|(sign, _)| sign.len())?
            .1
            .currency(likely)
    })
}

fn ends_in_letter(sign: &str) -> bool {
    sign.ends_with(char::is_alphabetic)
}

fn starts_in_letter(sign: &str) -> bool {
    sign.starts_with(char::is_alphabetic)
}

/// The currency that some word of a text names.
fn anywhere(text: &str, likely: &[Currency]) -> Option<Currency> {
    let symbol = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !c.is_ascii_punctuation() || c == '$';
    let mut words = text.split(|c: char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, ',' | ':' | '(' | ')'));
    words.find_map(|word| {
        let code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
        let sign = word.contains(symbol) || word.chars().count() > 1;
        let found = || {
            named(word, likely)
                .filter(|_| sign)
                .or_else(|| sign_at_end(word, likely).filter(|_| word.contains(symbol)))
        };
        if code {
            word.parse().ok().or_else(found)
        } else {
            found().filter(|_| word.len() != 3 || word.contains(symbol) || is_code(word).is_none())
        }
    })
}

fn has_word(text: &str, wanted: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic())
        .any(|word| word.eq_ignore_ascii_case(wanted))
}
