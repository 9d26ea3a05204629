//! Money as minor units of a currency: exact, never a float, never negative.

use std::fmt;
use std::str::FromStr;

use iso_currency::IntoEnumIterator;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Kind, Result};

/// The largest amount in minor units: above any product's price, below what a JavaScript number holds exactly.
const MAX_MINOR_UNITS: u64 = 1_000_000_000_000_000;

/// A currency of ISO 4217 that prices are in, as `EUR`: not the codes without a minor unit, which are metals, units of account
/// and placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// All of them, by their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        iso_currency::Currency::iter().filter(|currency| currency.exponent().is_some()).map(Self)
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The number of decimals of an amount: 2 for `EUR`, 0 for `JPY`, 3 for `KWD`.
    pub fn decimals(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl FromStr for Currency {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let currency = iso_currency::Currency::from_code(text).filter(|currency| currency.exponent().is_some());
        currency.map(Self).ok_or_else(|| {
            let text = shortened(text);
            Error::new(Kind::Invalid, format!("`{text}` is not a currency of ISO 4217; write it like `EUR`"))
        })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        // What was stored when it was still taken stays readable.
        let currency = iso_currency::Currency::from_code(&text).map(Self);
        currency.ok_or_else(|| serde::de::Error::custom("expected a code of ISO 4217"))
    }
}

/// An exact amount of one currency; stored and written as `{"amount":"19.99","currency":"EUR"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor_units: u64,
    currency: Currency,
}

impl Money {
    /// `amount` of `currency`: digits, and after a point at most as many decimals as the currency has.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for anything else: a sign, a comma, an exponent, too many decimals, more than 10^15 minor units.
    pub fn new(amount: &str, currency: Currency) -> Result<Self> {
        let refuse = |expected: String| {
            Error::new(Kind::Invalid, format!("`{}` is not an amount; {expected}", shortened(amount)))
        };
        let (whole, fraction) = amount.split_once('.').map_or((amount, None), |(whole, rest)| (whole, Some(rest)));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || fraction.is_some_and(|rest| !digits(rest)) {
            return Err(refuse("write it like `19.99`".to_owned()));
        }
        let (fraction, decimals) = (fraction.unwrap_or(""), currency.decimals());
        if fraction.len() > decimals as usize {
            return Err(refuse(format!("{currency} has {decimals} decimals")));
        }
        let minor = format!("{whole}{fraction:0<width$}", width = decimals as usize);
        minor
            .parse()
            .ok()
            .and_then(|minor| Self::from_minor_units(minor, currency))
            .ok_or_else(|| refuse("it is too large".to_owned()))
    }

    /// `minor_units` of `currency` (1999 is 19.99 EUR), or `None` above 10^15.
    pub fn from_minor_units(minor_units: u64, currency: Currency) -> Option<Self> {
        (minor_units <= MAX_MINOR_UNITS).then_some(Self { minor_units, currency })
    }

    /// The amount in the currency's smallest unit.
    pub fn minor_units(self) -> u64 {
        self.minor_units
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount with all decimals of its currency, as `19.99`.
    pub fn amount(self) -> String {
        let decimals = self.currency.decimals();
        let unit = 10u64.pow(decimals);
        match decimals {
            0 => self.minor_units.to_string(),
            _ => format!("{}.{:0width$}", self.minor_units / unit, self.minor_units % unit, width = decimals as usize),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { amount: self.amount(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        Self::new(&written.amount, written.currency).map_err(serde::de::Error::custom)
    }
}

/// Wrong input is repeated in messages and logs, so only its beginning is.
fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(amount: &str, currency: &str) -> Result<Money> {
        Money::new(amount, currency.parse()?)
    }

    #[test]
    fn amounts_are_exact_in_the_decimals_of_their_currency() {
        let rows = [
            ("19.99", "EUR", 1999, "19.99"),
            ("19.9", "EUR", 1990, "19.90"),
            ("0", "EUR", 0, "0.00"),
            ("007", "USD", 700, "7.00"),
            ("1500", "JPY", 1500, "1500"),
            ("1.234", "KWD", 1234, "1.234"),
        ];
        for (amount, currency, minor, written) in rows {
            let money = money(amount, currency).unwrap();
            assert_eq!((money.minor_units(), money.amount().as_str()), (minor, written), "{amount} {currency}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for amount in ["", ".", "1.", ".5", "-1", "+1", "1,5", "1e3", "NaN", " 1", "1.999", "٣", "99999999999999999999"]
        {
            assert!(money(amount, "EUR").is_err(), "{amount:?}");
        }
        assert!(money("1.5", "JPY").is_err());
        assert!(money("1", "XYZ").is_err());
        assert!(money("1", "eur").is_err());
    }

    #[test]
    fn what_nothing_is_priced_in_is_no_currency() {
        for code in ["XXX", "XTS", "XAU", "XAG", "XPT", "XPD", "XDR"] {
            assert!(code.parse::<Currency>().is_err(), "{code}");
            assert!(Currency::all().all(|currency| currency.code() != code), "{code}");
        }
    }

    #[test]
    fn every_currency_is_known_by_its_code() {
        for currency in Currency::all() {
            assert_eq!(currency.code().parse::<Currency>().unwrap(), currency);
        }
        assert!(Currency::all().count() > 150);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor in 0..=MAX_MINOR_UNITS, code in prop::sample::select(vec!["EUR", "JPY", "KWD", "USD"])) {
            let money = Money::from_minor_units(minor, code.parse().unwrap()).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&serde_json::to_string(&money).unwrap()).unwrap(), money);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = money(&text, "EUR");
        }
    }
}
