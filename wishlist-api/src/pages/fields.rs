//! What is known of a value: its type, its limits, and what is inside of it.

use std::fmt::Display;

use maud::{Markup, html};
use serde_json::Value;

use super::contract::{Additional, Contract, Header, Parameter, Place, Schema};
use super::prose::prose;

/// How deep a schema is opened into those it holds.
const DEEPEST: usize = 6;

/// A type of more properties than this is written once, among the types, and put by the script wherever it is unfolded: an
/// item is in the answers of every third operation, and written out in each it would make half of the page.
const MOST_IN_PLACE: usize = 4;

/// The most words of a set that are written out, wherever it is the type of a value: there are some 160 currencies.
const MOST_WORDS: usize = 12;

/// The parameters of an operation that are sent in one place.
pub(super) fn parameters<'a>(contract: &Contract, of: impl Iterator<Item = &'a Parameter>) -> Markup {
    html! { ul.fields { @for parameter in of {
        li {
            (head(contract, &parameter.name, &parameter.schema, Some(parameter.required)))
            (prose(&parameter.description))
            (limits(contract, &parameter.schema, parameter.example.as_ref()))
        }
    } } }
}

/// The headers of an answer.
pub(super) fn headers<'a>(contract: &Contract, of: impl Iterator<Item = (&'a str, &'a Header)>) -> Markup {
    html! { ul.fields { @for (name, header) in of {
        li { (head(contract, name, &header.schema, None)) (prose(&header.description)) }
    } } }
}

/// The properties of a schema, each with what is inside of it.
pub(super) fn schema(contract: &Contract, of: &Schema) -> Markup {
    inside(contract, of, DEEPEST)
}

/// What a type holds, where it stands in for the type: small ones in place, others by their name.
pub(super) fn content(contract: &Contract, of: &Schema) -> Markup {
    content_at(contract, of, DEEPEST)
}

/// What a value is, in a few words: `array of Item`.
pub(super) fn kind(contract: &Contract, schema: &Schema) -> String {
    let resolved = contract.schema(schema);
    if let Some(items) = &resolved.items {
        return format!("array of {}", kind(contract, items));
    }
    if let Some(name) = schema.name()
        && resolved.one_value_of.is_empty()
    {
        return name.to_owned();
    }
    if let Some(Additional::Of(values)) = &resolved.additional_properties {
        return format!("map of {}", kind(contract, values));
    }
    let word = match &resolved.kind {
        Value::String(word) => word.clone(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ if !resolved.one_of.is_empty() => "one of several".to_owned(),
        _ => "any value".to_owned(),
    };
    match resolved.format.as_deref() {
        Some(format) if !format.starts_with("int") => format!("{word} · {format}"),
        _ => word,
    }
}

/// The word for a place.
pub(super) fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}

fn head(contract: &Contract, name: &str, schema: &Schema, required: Option<bool>) -> Markup {
    html! { p.head {
        code { (name) } " " span.kind { (kind(contract, schema)) }
        @match required {
            Some(true) => { " " b.required { "required" } }
            Some(false) => { " " span.optional { "optional" } }
            None => {}
        }
    } }
}

fn content_at(contract: &Contract, schema: &Schema, depth: usize) -> Markup {
    let entry = contract.schema(schema).items.as_deref().unwrap_or(schema);
    match entry.name() {
        Some(name) if contract.schema(entry).properties.len() > MOST_IN_PLACE => {
            html! { p.type-of data-type=(name) { a href={ "#type-" (name) } { "What is in " (name) } } }
        }
        _ => inside(contract, schema, depth),
    }
}

fn inside(contract: &Contract, schema: &Schema, depth: usize) -> Markup {
    let Some(depth) = depth.checked_sub(1) else { return html! {} };
    let of = contract.schema(schema);
    if let Some(items) = &of.items {
        return inside(contract, items, depth);
    }
    if let Some(Additional::Of(values)) = &of.additional_properties {
        return inside(contract, values, depth);
    }
    html! {
        // Beside properties the cases say which of them go together, which the description says in words.
        @if !of.one_of.is_empty() && of.properties.is_empty() {
            p.choice { "One of these:" }
            @for (at, choice) in of.one_of.iter().enumerate() {
                div.choice {
                    p.head { b { (at + 1) ". " (kind(contract, choice)) } }
                    (prose(&contract.schema(choice).description))
                    (inside(contract, choice, depth))
                }
            }
        }
        @for part in &of.all_of { (inside(contract, part, depth)) }
        @if !of.properties.is_empty() {
            ul.fields { @for (name, property) in &of.properties {
                li { (field(contract, name, property, of.required.contains(name), depth)) }
            } }
        }
    }
}

fn field(contract: &Contract, name: &str, property: &Schema, required: bool, depth: usize) -> Markup {
    let described = if property.description.is_empty() { contract.schema(property) } else { property };
    let nested = content_at(contract, property, depth);
    html! {
        (head(contract, name, property, Some(required)))
        (prose(&described.description))
        (limits(contract, property, property.example.as_ref()))
        @if !nested.0.is_empty() {
            details { summary { (kind(contract, property)) span.aside { (names(contract, property)) } } (nested) }
        }
    }
}

/// The first properties of what a value holds.
fn names(contract: &Contract, schema: &Schema) -> String {
    let of = contract.schema(schema);
    let of = of.items.as_deref().map_or(of, |items| contract.schema(items));
    let shown: Vec<_> = of.properties.keys().take(4).map(String::as_str).collect();
    let rest = if of.properties.len() > shown.len() { ", …" } else { "" };
    shown.join(", ") + rest
}

/// What a value may be, and an example of it.
fn limits(contract: &Contract, schema: &Schema, example: Option<&Value>) -> Markup {
    let resolved = contract.schema(schema);
    let values = resolved.items.as_deref().map_or(resolved, |items| contract.schema(items));
    let words: Vec<String> = [
        range(resolved.minimum.as_ref(), resolved.maximum.as_ref(), ""),
        range(resolved.min_length, resolved.max_length, " characters"),
        range(resolved.min_items, resolved.max_items, " entries"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let example = example.or(resolved.example.as_ref()).or(resolved.examples.first());
    let default = schema.default.as_ref().or(resolved.default.as_ref());
    html! {
        @if !values.one_value_of.is_empty() {
            p.limits {
                @for value in values.one_value_of.iter().take(MOST_WORDS) { code { (bare(value)) } " " }
                @if let Some(more @ 1..) = values.one_value_of.len().checked_sub(MOST_WORDS) {
                    "and " (more) " more, which the document names"
                }
            }
        }
        @if !words.is_empty() || resolved.pattern.is_some() || default.is_some() || example.is_some() {
            p.limits {
                @for word in &words { span { (word) } " " }
                @if let Some(pattern) = &resolved.pattern { span { "matches " code { (pattern) } } " " }
                @if let Some(default) = default { span { "default " code { (bare(default)) } } " " }
                @if let Some(example) = example { span { "example " code { (bare(example)) } } }
            }
        }
    }
}

fn range<T: Display>(least: Option<T>, most: Option<T>, of: &str) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{of}")),
        (Some(least), None) => Some(format!("at least {least}{of}")),
        (None, Some(most)) => Some(format!("at most {most}{of}")),
        (None, None) => None,
    }
}

/// A value as it is typed into a field: text without its quotes.
pub(super) fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
