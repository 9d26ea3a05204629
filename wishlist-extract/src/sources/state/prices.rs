//! What an object of a script says about a price.

use std::borrow::Cow;

use crate::fields::amount_of;
use crate::sources::json::{Json, Kind, ValueId};

/// How deep below the product's object a price may stand: `offers[0].price.current.value`.
const MAX_DEPTH: usize = 5;

/// Values that are looked at; variants repeat what the first ones say.
const MAX_VALUES: usize = 2000;

/// Keys of what is paid now, the most telling first, in lower case without `_` and `-`.
const NOW: &[&str] = &[
    "formattedcurrentprice",
    "formattedsaleprice",
    "formattedfinalprice",
    "formattedprice",
    "priceformatted",
    "formatted",
    "pricestring",
    "displayprice",
    "saleprice",
    "specialprice",
    "discountedprice",
    "discountprice",
    "promoprice",
    "promotionprice",
    "promotionalprice",
    "offerprice",
    "currentprice",
    "currentretail",
    "finalprice",
    "sellingprice",
    "sellprice",
    "pricenow",
    "nowprice",
    "actualprice",
    "salesprice",
    "bestprice",
    "minprice",
    "lowprice",
    "pricemin",
    "pricewithtax",
    "priceinctax",
    "grossprice",
    "price",
    "prices",
    "priceinfo",
    "pricing",
    "unitamount",
    "priceamount",
    "pricevalue",
    "priceincents",
    "offers",
    "offer",
    "pricerange",
    "variants",
    "current",
    "now",
    "sale",
    "final",
    "sales",
    "value",
    "amount",
    "centamount",
    "min",
    "gross",
    "raw",
    "withtax",
];

/// Keys of what was paid before.
const BEFORE: &[&str] = &[
    "listprice",
    "compareatprice",
    "originalprice",
    "regularprice",
    "oldprice",
    "wasprice",
    "strikeprice",
    "rrp",
    "msrp",
    "retailprice",
    "baseprice",
    "priceold",
    "crossedprice",
    "strikethroughprice",
    "fullprice",
    "undiscountedprice",
    "pricewas",
    "regretail",
];

/// Keys of objects that hold prices of both kinds.
const HOLDERS: &[&str] = &["price", "prices", "priceinfo", "pricing", "offers", "offer", "variants"];

/// Keys of currencies.
const CURRENCY: &[&str] =
    &["currency", "currencycode", "pricecurrency", "currencyisocode", "currencyiso", "isocode", "priceunit"];

/// Keys whose amounts are in the smallest unit.
const MINOR: &[&str] = &["centamount", "priceincents", "unitamount"];

/// A price as a script writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) amount: Option<String>,
    pub(super) before: Option<String>,
    pub(super) currency: Option<String>,
    /// Its numbers are in the smallest unit of the currency.
    pub(super) minor: bool,
}

pub(super) fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The first currency that a script names by an ISO 4217 code under a key of that name.
pub(super) fn currency_in(script: &str) -> Option<String> {
    let mut places = memchr::memmem::find_iter(script.as_bytes(), "urrency").take(MAX_CURRENCIES);
    places.find_map(|at| code_after(script.get(at + 7..)?))
}

/// Keys of currencies in one script that are looked at.
const MAX_CURRENCIES: usize = 64;

/// `Code": "EUR"` after `"currency`.
fn code_after(rest: &str) -> Option<String> {
    let rest =
        rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '_').trim_start_matches(['"', '\'', '\\']);
    let value = rest.trim_start().strip_prefix([':', '='])?.trim_start().trim_start_matches(['"', '\'', '\\']);
    let code = value.get(..3)?;
    let ends = value.get(3..).is_some_and(|rest| rest.starts_with(['"', '\'', '\\']));
    (ends && code.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| code.to_owned())
}

/// Reads the price of the object `id`.
pub(super) fn read(json: &Json<'_>, id: ValueId) -> Found {
    let mut reader = Reader { json, found: Found::default(), looked_at: 0 };
    let best = reader.amount(id, NOW, 0);
    reader.found.amount = best.map(|(_, amount)| amount);
    reader.found.before = reader.amount(id, BEFORE, 0).map(|(_, amount)| amount);
    // Shopify's state has whole numbers of the smallest unit, and always these keys beside them.
    let keys = || json.children(id).map(|child| plain(json.key(child)));
    let shopify = keys().any(|key| matches!(key.as_str(), "pricevaries" | "compareatpricevaries" | "pricemin"));
    let whole = reader.found.amount.as_ref().is_some_and(|amount| amount.bytes().all(|byte| byte.is_ascii_digit()));
    reader.found.minor |= shopify && whole;
    reader.found
}

struct Reader<'r, 'a> {
    json: &'r Json<'a>,
    found: Found,
    looked_at: usize,
}

impl Reader<'_, '_> {
    /// The amount under the most telling of some keys, and how telling that is (less is more).
    fn amount(&mut self, id: ValueId, keys: &[&str], depth: usize) -> Option<(usize, String)> {
        let json = self.json;
        let mut best: Option<(usize, String)> = None;
        for child in json.children(id) {
            self.looked_at += 1;
            if self.looked_at > MAX_VALUES {
                break;
            }
            let key = plain(json.key(child));
            if CURRENCY.contains(&key.as_str()) && self.found.currency.is_none() {
                self.found.currency = json.text(child).map(Cow::into_owned);
            }
            let listed = json.kind(id) == Kind::Array;
            let holds = keys == BEFORE && (listed || HOLDERS.contains(&key.as_str()));
            if let Some(found) =
                holds.then(|| self.amount(child, keys, depth + 1)).flatten().filter(|_| depth < MAX_DEPTH)
            {
                best = best.or(Some(found));
                continue;
            }
            let Some(rank) = keys.iter().position(|is| *is == key).or((listed && !holds).then_some(0)) else {
                continue;
            };
            let nested = matches!(json.kind(child), Kind::Object | Kind::Array);
            let found = if nested && depth < MAX_DEPTH {
                // Within `listPrice` any key of an amount tells it.
                let inner = self.amount(child, NOW, depth + 1);
                inner.map(|(_, amount)| amount)
            } else {
                json.text(child).map(Cow::into_owned).filter(|text| text.len() < 40 && amount_of(text).is_some())
            };
            if let Some(amount) = found.filter(|_| best.as_ref().is_none_or(|(other, _)| rank < *other)) {
                self.found.minor |= MINOR.contains(&key.as_str());
                best = Some((rank, amount));
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_names_its_currency() {
        let rows = [
            (r#"{"currencyCode": "EUR"}"#, Some("EUR")),
            ("{'currency':'SEK'}", Some("SEK")),
            (r#"{\"priceCurrency\":\"USD\"}"#, Some("USD")),
            (r#"{"currency":"euro","currency":null}"#, None),
        ];
        for (script, expected) in rows {
            assert_eq!(currency_in(script).as_deref(), expected, "{script}");
        }
    }

    #[test]
    fn prices_are_found_under_the_names_of_many_platforms() {
        let rows = [
            (r#"{"price":19.9,"currency":"EUR"}"#, "19.9 - EUR"),
            (r#"{"price":1990,"price_varies":false,"compare_at_price":2490}"#, "1990 2490  minor"),
            (r#"{"prices":{"listPrice":{"value":30},"salePrice":{"value":20,"currencyCode":"GBP"}}}"#, "20 30 GBP"),
            (r#"{"price":{"sales":{"value":20,"currency":"USD"},"list":null}}"#, "20 - USD"),
            (r#"{"offers":[{"price":{"centAmount":2000,"currencyCode":"CHF"}}]}"#, "2000 - CHF minor"),
            (
                r#"{"priceInfo":{"currentPrice":{"price":64.5,"currency":"USD"},"wasPrice":{"price":80}}}"#,
                "64.5 80 USD",
            ),
            (r#"{"price":"$12.00","originalPrice":"$15.00"}"#, "$12.00 $15.00"),
            (r#"{"price":null,"id":7}"#, "-"),
        ];
        for (text, expected) in rows {
            let json = Json::parse(text);
            let found = read(&json, 0);
            let part = |part: Option<String>, none: &str| part.unwrap_or_else(|| none.to_owned());
            let mut written = vec![part(found.amount, ""), part(found.before, "-"), part(found.currency, "")];
            written.push(if found.minor { "minor" } else { "" }.to_owned());
            assert_eq!(written.join(" ").trim(), expected, "{text}");
        }
    }
}
