//! What the document says about values that no attribute of a type can say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Components, RefOr};
use utoipa::{PartialSchema, ToSchema};
use wishlist_core::model::Currency;

use crate::resources::items::{ListedSort, ListedState};

/// Digits of the largest amount in minor units, 10^15, behind its one.
const ZEROS: u32 = 15;

/// The code of a currency, as the document describes it; requests hold it as text, to be refused by its place.
#[derive(Debug)]
pub(crate) struct CurrencyCode;

impl ToSchema for CurrencyCode {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Currency")
    }
}

impl PartialSchema for CurrencyCode {
    fn schema() -> RefOr<Schema> {
        let codes = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A currency of ISO 4217 that prices are in."))
            .enum_values(Some(Currency::all().map(Currency::code)));
        RefOr::T(codes.into())
    }
}

/// Adds to the schemas what one field alone cannot say, and those that only parameters name.
pub(crate) fn complete(components: &mut Components) {
    components.schemas.insert(CurrencyCode::name().into_owned(), CurrencyCode::schema());
    components.schemas.insert(ListedState::name().into_owned(), ListedState::schema());
    components.schemas.insert(ListedSort::name().into_owned(), ListedSort::schema());
    require_any(components, "ItemDraft", &["url", "title"]);
    require_any(components, "Placement", &["before", "after"]);
    any_of(components, "Money", amounts());
}

fn require_any(components: &mut Components, schema: &str, fields: &[&str]) {
    any_of(components, schema, fields.iter().map(|field| json!({ "required": [field] })).collect());
}

/// The model of schemas has no `anyOf` beside `properties`.
fn any_of(components: &mut Components, schema: &str, cases: Vec<Value>) {
    if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(schema) {
        object.extensions = Some([("anyOf", Value::Array(cases))].into_iter().collect());
    }
}

/// What an amount looks like, by the decimals of its currency.
fn amounts() -> Vec<Value> {
    let mut currencies: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for currency in Currency::all() {
        currencies.entry(currency.decimals()).or_default().push(currency.code());
    }
    let of = |(decimals, codes)| json!({ "properties": { "amount": { "pattern": amount(decimals) }, "currency": { "enum": codes } } });
    currencies.into_iter().map(of).collect()
}

/// An amount of at most 10^15 minor units with at most so many decimals.
fn amount(decimals: u32) -> String {
    let digits = ZEROS - decimals;
    match decimals {
        0 => format!("^0*([0-9]{{1,{digits}}}|10{{{digits}}})$"),
        _ => format!("^0*([0-9]{{1,{digits}}}(\\.[0-9]{{1,{decimals}}})?|10{{{digits}}}(\\.0{{1,{decimals}}})?)$"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        assert_eq!(amount(0), "^0*([0-9]{1,15}|10{15})$");
        assert_eq!(amount(2), r"^0*([0-9]{1,13}(\.[0-9]{1,2})?|10{13}(\.0{1,2})?)$");
    }

    #[test]
    fn every_currency_has_one_form_of_amounts() {
        let forms = amounts();
        let codes = forms.iter().flat_map(|form| form["properties"]["currency"]["enum"].as_array().unwrap());
        let mut codes: Vec<_> = codes.map(|code| code.as_str().unwrap()).collect();
        codes.sort_unstable();
        let mut all: Vec<_> = Currency::all().map(Currency::code).collect();
        all.sort_unstable();
        assert_eq!(codes, all);
    }
}
