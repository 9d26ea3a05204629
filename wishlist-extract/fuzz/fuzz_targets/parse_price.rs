//! Any text as a price: what is read reads back as itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wishlist_extract::{PriceHints, parse_gtin, parse_price};

fuzz_target!(|text: &str| {
    let _gtin = parse_gtin(text);
    let Some(price) = parse_price(text, &PriceHints::default()) else { return };
    let written = price.currency.map_or(price.amount.clone(), |currency| format!("{} {currency}", price.amount));
    let hints = PriceHints { decimal_separator: Some('.'), ..PriceHints::default() };
    assert_eq!(parse_price(&written, &hints), Some(price), "{written}");
});
