//! A value of a schema, made of its examples.

use serde_json::Value;

use super::contract::{Additional, Content, Contract, Schema};

/// How deep an example goes into schemas that hold others.
const DEEPEST: usize = 6;

/// The example of a body, as it is edited and sent: every property, in the schema's order.
pub(super) fn example(contract: &Contract, content: &Content) -> String {
    let mut text = String::new();
    match &content.example {
        Some(example) => write(&mut text, &ordered(example), 0),
        None => write(&mut text, &made(contract, &content.schema, DEEPEST), 0),
    }
    text
}

/// A value whose objects keep their order.
enum Made {
    Value(String),
    Array(Vec<Made>),
    Object(Vec<(String, Made)>),
}

fn made(contract: &Contract, schema: &Schema, depth: usize) -> Made {
    let given = |schema: &Schema| {
        let given = schema.example.as_ref().or(schema.examples.first()).or(schema.constant.as_ref());
        given.or(schema.default.as_ref()).or(schema.one_value_of.first()).map(ordered)
    };
    let of = contract.schema(schema);
    if let Some(given) = given(schema).or_else(|| given(of)) {
        return given;
    }
    let Some(depth) = depth.checked_sub(1) else { return Made::Value("…".to_owned()) };
    if let Some(first) = of.one_of.first().filter(|_| of.properties.is_empty()) {
        return made(contract, first, depth);
    }
    if let Some(items) = &of.items {
        return Made::Array(vec![made(contract, items, depth)]);
    }
    let parts = of.all_of.iter().map(|part| contract.schema(part)).chain([of]);
    let properties: Vec<_> = parts.flat_map(|part| &part.properties).collect();
    match &of.additional_properties {
        Some(Additional::Of(values)) if properties.is_empty() => {
            Made::Object(vec![("name".to_owned(), made(contract, values, depth))])
        }
        _ if !properties.is_empty() || of.kind == "object" => {
            Made::Object(properties.into_iter().map(|(name, of)| (name.clone(), made(contract, of, depth))).collect())
        }
        _ => Made::Value(plain(of).to_owned()),
    }
}

/// A value of a schema that gives no example.
fn plain(schema: &Schema) -> &'static str {
    match (schema.kind.as_str(), schema.format.as_deref()) {
        (Some("integer" | "number"), _) => "1",
        (Some("boolean"), _) => "true",
        (Some("string"), Some("uri")) => "\"https://shop.example/kettle\"",
        (Some("string"), Some("date-time")) => "\"2026-11-22T17:20:00.000Z\"",
        _ => "\"…\"",
    }
}

fn ordered(value: &Value) -> Made {
    match value {
        Value::Array(values) => Made::Array(values.iter().map(ordered).collect()),
        Value::Object(fields) => {
            Made::Object(fields.iter().map(|(name, value)| (name.clone(), ordered(value))).collect())
        }
        other => Made::Value(other.to_string()),
    }
}

fn write(text: &mut String, value: &Made, depth: usize) {
    match value {
        Made::Value(value) => *text += value,
        Made::Array(values) => within(text, ['[', ']'], depth, values, |text, value| write(text, value, depth + 1)),
        Made::Object(fields) => within(text, ['{', '}'], depth, fields, |text, (name, value)| {
            *text += &Value::from(name.as_str()).to_string();
            *text += ": ";
            write(text, value, depth + 1);
        }),
    }
}

fn within<T>(text: &mut String, [open, close]: [char; 2], depth: usize, of: &[T], one: impl Fn(&mut String, &T)) {
    text.push(open);
    for (at, part) in of.iter().enumerate() {
        *text += if at == 0 { "\n" } else { ",\n" };
        *text += &"  ".repeat(depth + 1);
        one(text, part);
    }
    if !of.is_empty() {
        text.push('\n');
        *text += &"  ".repeat(depth);
    }
    text.push(close);
}
