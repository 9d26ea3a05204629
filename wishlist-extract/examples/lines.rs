//! Reads single values: lines of JSON in, one line of JSON out for each; the first argument says what they
//! hold, prices where there is none.
//!
//! - `price`: `{"text","currency_hint"?,"decimal_separator_hint"?}` to `{"amount"?,"currency"?}`
//! - `brand`: `{"html"}` to `{"value"?}`
//! - `gtin`: `{"text"}` to `{"value"?,"kind"?}`

use std::io::{BufRead, Write};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use wishlist_core::model::Currency;
use wishlist_extract::{GtinKind, PriceHints, parse_brand, parse_gtin, parse_price};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    text: Option<String>,
    html: Option<String>,
    currency_hint: Option<String>,
    decimal_separator_hint: Option<String>,
}

#[derive(Default, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<GtinKind>,
}

fn main() -> Result<()> {
    let read = match std::env::args().nth(1).as_deref() {
        None | Some("price") => price,
        Some("brand") => brand,
        Some("gtin") => gtin,
        Some(_) => bail!("say what the lines hold: `price`, `brand` or `gtin`"),
    };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        serde_json::to_writer(&mut out, &read(&serde_json::from_str(&line?)?))?;
        writeln!(out)?;
    }
    Ok(())
}

fn price(line: &Line) -> Answer {
    let separator = line.decimal_separator_hint.as_deref().and_then(|text| text.chars().next());
    let hints =
        PriceHints { currency: line.currency_hint.as_deref(), decimal_separator: separator, ..PriceHints::default() };
    let price = parse_price(line.text.as_deref().unwrap_or_default(), &hints);
    price.map_or_else(Answer::default, |price| Answer {
        amount: Some(price.amount),
        currency: price.currency,
        ..Answer::default()
    })
}

fn brand(line: &Line) -> Answer {
    let value = parse_brand(line.html.as_deref().unwrap_or_default());
    Answer { value, ..Answer::default() }
}

fn gtin(line: &Line) -> Answer {
    let gtin = parse_gtin(line.text.as_deref().unwrap_or_default());
    gtin.map_or_else(Answer::default, |gtin| Answer {
        value: Some(gtin.number),
        kind: Some(gtin.kind),
        ..Answer::default()
    })
}
