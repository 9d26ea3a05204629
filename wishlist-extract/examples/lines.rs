//! Reads prices: lines `{"text","currency_hint","decimal_separator_hint"}` in, lines `{"amount","currency"}` out.

use std::io::{BufRead, Write};

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;
use wishlist_extract::{PriceHints, parse_price};

#[derive(Deserialize)]
struct Line {
    text: Option<String>,
    currency_hint: Option<String>,
    decimal_separator_hint: Option<String>,
}

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line: Line = serde_json::from_str(&line?)?;
        let hints = PriceHints {
            currency: line.currency_hint.as_deref(),
            decimal_separator: line.decimal_separator_hint.and_then(|text| text.chars().next()),
            ..PriceHints::default()
        };
        let price = parse_price(line.text.as_deref().unwrap_or_default(), &hints);
        let value = price.map_or(json!({}), |price| {
            let currency = price.currency.map(|currency| currency.code());
            match currency {
                Some(currency) => json!({ "amount": price.amount, "currency": currency }),
                None => json!({ "amount": price.amount }),
            }
        });
        writeln!(out, "{value}")?;
    }
    Ok(())
}
