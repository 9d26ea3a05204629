//! From a text to an amount and a currency.

use std::borrow::Cow;

use wishlist_core::model::Currency;

use super::currency::{SIGN_CHARS, named, of_host, of_language, sign};
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
    if is_negative(text) {
        return None;
    }
    let likely = hints.likely();
    let text = &euros_and_cents(text);
    // `NZD $100`: what the text itself names decides what its `$` is.
    let likely: Vec<Currency> = codes(text).chain(likely).collect();
    let found = numbers(text, hints.decimal_separator);
    let priced = found.iter().enumerate().find_map(|(at, number)| Some((at, beside(text, number, &likely)?)));
    let hinted = || hints.currency.and_then(|hint| anywhere(hint, &likely));
    if let Some((at, currency)) = priced {
        // `12.500` of a currency with three decimals is twelve and a half.
        let pointed = (currency.decimals() == 3 && hints.decimal_separator.is_none()).then(|| numbers(text, Some('.')));
        let found = pointed.filter(|pointed| pointed.len() == found.len()).unwrap_or(found);
        let number = from_of_range(text, &found, at)?;
        return Some(ParsedPrice { amount: number.amount.clone(), currency: Some(currency) });
    }
    let plain = found.iter().find(|number| !is_percentage(text, number));
    let amount = match plain {
        Some(number) => number.amount.clone(),
        None if has_word(text, "free") => "0".to_owned(),
        None => return None,
    };
    Some(ParsedPrice { amount, currency: anywhere(text, &likely).or_else(hinted) })
}

/// The ISO codes in capitals that stand in a text.
fn codes(text: &str) -> impl Iterator<Item = Currency> {
    let words = text.split(|c: char| !c.is_alphabetic());
    words.filter(|word| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase())).filter_map(code)
}

/// `35€ 99` as `35.99€`: the sign stands where the point would.
fn euros_and_cents(text: &str) -> Cow<'_, str> {
    let Some((before, after)) = text.split_once('€') else {
        return Cow::Borrowed(text);
    };
    let cents = after.trim_start();
    let digits = cents.bytes().take_while(u8::is_ascii_digit).count();
    let (cents, rest) = cents.split_at_checked(digits).unwrap_or((cents, ""));
    let whole = before.ends_with(|c: char| c.is_ascii_digit());
    let other = rest.trim_start().starts_with(['€', '%', ',', '.', '/', '-', '–']);
    if digits == 2 && whole && !other { format!("{before}.{cents}€{rest}").into() } else { Cow::Borrowed(text) }
}

/// The number at `at`, or the one it is the upper end of a range with: `502,20 – 558,00 kr` begins at 502,20.
fn from_of_range<'n>(text: &str, found: &'n [Number], at: usize) -> Option<&'n Number> {
    let number = found.get(at)?;
    let before = at.checked_sub(1).and_then(|at| found.get(at)).filter(|before| {
        let between = text.get(before.end..number.start).unwrap_or_default().trim();
        matches!(
            between,
            "-" | "–"
                | "—"
                | "~"
                | "〜"
                | "～"
                | "to"
                | "bis"
                | "à"
                | "a"
                | "até"
                | "tot"
                | "til"
                | "till"
                | "do"
                | "до"
        )
    });
    Some(before.unwrap_or(number))
}

fn is_percentage(text: &str, number: &Number) -> bool {
    text.get(number.end..).is_some_and(|after| after.trim_start().starts_with(['%', '٪', '％']))
}

/// The currency that stands directly before or after a number.
fn beside(text: &str, number: &Number, likely: &[Currency]) -> Option<Currency> {
    let before =
        text.get(..number.start)?.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '-' | '~'));
    let after =
        text.get(number.end..)?.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '–' | '.'));
    let first = after.split(|c: char| c.is_whitespace() || c.is_ascii_digit()).next().unwrap_or_default();
    let last = before.rsplit(|c: char| c.is_whitespace() || c.is_ascii_digit()).next().unwrap_or_default();
    // A code that is a word too is meant as one where nothing follows it: `5 BAM`.
    let word = || WORDS.iter().find(|word| after.trim() == **word)?.parse().ok();
    sign_at_end(last, likely).or_else(|| sign_at_start(first, likely)).or_else(word)
}

/// Whether the text is a number below zero and not a price: `-5`.
fn is_negative(text: &str) -> bool {
    let unsigned = text.trim_start().strip_prefix(['-', '\u{2212}']);
    unsigned.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Codes that are words, and stand beside numbers as such: `TOP 10`, `1 CUP`, `ALL 3`.
const WORDS: [&str; 6] = ["ALL", "CUP", "MOP", "SOS", "TOP", "BAM"];

/// Codes that people write in any case.
const ANY_CASE: [&str; 14] =
    ["EUR", "USD", "GBP", "CHF", "PLN", "CZK", "SEK", "NOK", "DKK", "HUF", "RON", "RUB", "AED", "SAR"];

fn code(text: &str) -> Option<Currency> {
    if text.len() != 3 {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let fits = if upper == text { !WORDS.contains(&text) } else { ANY_CASE.contains(&upper.as_str()) };
    fits.then(|| upper.parse().ok()).flatten()
}

/// The longest sign at the beginning of a word.
fn sign_at_start(word: &str, likely: &[Currency]) -> Option<Currency> {
    let letters = word.find(|c: char| !c.is_alphabetic()).and_then(|end| word.get(..end)).unwrap_or(word);
    code(letters).or_else(|| {
        let lower = word.to_lowercase();
        let ends = lower.char_indices().map(|(at, c)| at + c.len_utf8()).take(SIGN_CHARS);
        let parts = ends.filter_map(|end| lower.split_at_checked(end));
        let whole =
            parts.filter(|(sign, rest)| !sign.ends_with(char::is_alphabetic) || !rest.starts_with(char::is_alphabetic));
        whole.filter_map(|(text, _)| sign(text)).last()?.currency(likely)
    })
}

/// The longest sign at the end of a word.
fn sign_at_end(word: &str, likely: &[Currency]) -> Option<Currency> {
    let last = word.char_indices().rev().find(|(_, c)| !c.is_alphabetic());
    let letters = last.and_then(|(at, c)| word.get(at + c.len_utf8()..)).unwrap_or(word);
    code(letters).or_else(|| {
        let lower = word.to_lowercase();
        let starts = lower.char_indices().rev().map(|(at, _)| at).take(SIGN_CHARS);
        let parts = starts.filter_map(|start| lower.split_at_checked(start));
        let whole =
            parts.filter(|(rest, sign)| !sign.starts_with(char::is_alphabetic) || !rest.ends_with(char::is_alphabetic));
        whole.filter_map(|(_, text)| sign(text)).last()?.currency(likely)
    })
}

/// The currency that a text names as a whole, or by a symbol or an ISO code in it.
fn anywhere(text: &str, likely: &[Currency]) -> Option<Currency> {
    let symbol = |word: &str| word.contains(|c: char| c == '$' || !(c.is_alphanumeric() || c.is_ascii_punctuation()));
    let capitals = |word: &str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let mut words =
        text.split(|c: char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, ',' | ':' | '(' | ')' | '-'));
    named(text, likely).or_else(|| {
        words.find_map(|word| match word {
            word if capitals(word) => code(word),
            word if symbol(word) => sign_at_end(word, likely).or_else(|| sign_at_start(word, likely)),
            _ => None,
        })
    })
}

fn has_word(text: &str, wanted: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| word.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_write_them() {
        let rows = [
            ("1’149.00 CHF", "1149.00 CHF"),
            ("₹1,24,999.00", "124999.00 INR"),
            ("١٢٫٥٠٠ د.ك", "12.500 KWD"),
            ("KWD 12.500", "12.500 KWD"),
            ("￥１２,８００", "12800 JPY"),
            ("199.000 ₫", "199000 VND"),
            ("502,20 – 558,00 б.р.", "502.20 BYN"),
            ("$10 - $20", "10 USD"),
            ("10 to 20 EUR", "10 EUR"),
            ("5 BAM", "5 BAM"),
            ("1 CUP of flour", "1"),
            ("20% off: 8,00 €", "8.00 EUR"),
            ("35€ 99", "35.99 EUR"),
            (",000000000000744444", "0.000000000000744444"),
            ("0.000000000000744444", "0.000000000000744444"),
            ("free", "0"),
            ("-5 €", ""),
            ("1e400", ""),
            ("soon", ""),
        ];
        for (text, expected) in rows {
            let price = parse_price(text, &PriceHints::default());
            let written = price.map_or_else(String::new, |ParsedPrice { amount, currency }| {
                currency.map_or(amount.clone(), |currency| format!("{amount} {currency}"))
            });
            assert_eq!(written, expected, "{text}");
        }
    }
}
