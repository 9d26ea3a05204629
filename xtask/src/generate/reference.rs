//! `docs/generated/api.md`: every operation on one screen, then what each takes and answers, then the types.

use std::fmt::Write as _;

use anyhow::Result;

use super::contract::{Contract, Field, Kind, Operation, Parameter, Shape, Type};

/// The page.
pub(super) fn markdown(document: &str) -> Result<String> {
    let contract = Contract::read(document)?;
    let mut page = HEAD.to_owned();
    for operation in &contract.operations {
        page += &row(operation);
    }
    page += "\n## Operations\n";
    for operation in &contract.operations {
        page += &described(operation);
    }
    page += "\n## Types\n";
    for of in &contract.types {
        page += &typed(of);
    }
    Ok(page)
}

const HEAD: &str = "# API reference

The contract is [openapi.json](../../openapi.json); every client has its operations under these names, as its language writes
them. 🔑 asks for a caller who is signed in; ⟲ takes an `Idempotency-Key`, so that it may be sent again; ≟ takes an `If-Match`.

| Operation | Request | | Body | Answer |
| --- | --- | --- | --- | --- |
";

fn row(operation: &Operation) -> String {
    let marks = [(operation.is_signed, "🔑"), (operation.is_idempotent, "⟲"), (operation.is_conditional, "≟")];
    let marks: Vec<_> = marks.into_iter().filter_map(|(is_so, mark)| is_so.then_some(mark)).collect();
    format!(
        "| [{name}](#{name}) | {} {} | {} | {} | {} |\n",
        operation.method,
        operation.path,
        marks.join(" "),
        operation.body.as_deref().map(link).unwrap_or_default(),
        operation.answer.as_ref().map(shown).unwrap_or_default(),
        name = operation.name,
    )
}

fn described(operation: &Operation) -> String {
    let mut text = format!("\n### {}\n\n{}", operation.name, operation.summary);
    if !operation.description.is_empty() {
        let _ = write!(text, "\n\n{}", operation.description);
    }
    text += "\n";
    if !operation.parameters.is_empty() {
        text += "\n| Parameter | | |\n| --- | --- | --- |\n";
        text.extend(operation.parameters.iter().map(parameter));
    }
    text
}

fn parameter(of: &Parameter) -> String {
    member(&of.name, &of.shape, of.is_required, &of.description)
}

fn typed(of: &Type) -> String {
    let mut text = format!("\n### {}\n\n{}\n", of.name, of.description);
    match &of.kind {
        Kind::Struct(fields) => text += &members(fields),
        Kind::Words(words) => {
            let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            let _ = writeln!(text, "\nOne of {}.", words.join(", "));
        }
        Kind::Union { tag, variants } => {
            for variant in variants {
                let _ = writeln!(text, "\nWith `{tag}` `{}`: {}", variant.word, variant.description);
                text += &members(&variant.fields);
            }
        }
    }
    text
}

fn members(fields: &[Field]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let rows = fields.iter().map(|of| member(&of.name, &of.shape, of.is_required, &of.description));
    "\n| Member | | |\n| --- | --- | --- |\n".to_owned() + &rows.collect::<String>()
}

fn member(name: &str, shape: &Shape, is_required: bool, description: &str) -> String {
    let required = if is_required { "" } else { ", optional" };
    let description = description.replace('\n', " ").replace('|', "\\|");
    format!("| `{name}` | {}{required} | {description} |\n", shown(shape))
}

fn shown(shape: &Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Secret => "text, secret".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Integer(bits) => format!("integer, {bits} bits"),
        Shape::Id => "UUID".to_owned(),
        Shape::Moment => "moment, RFC 3339".to_owned(),
        Shape::Day => "day, RFC 3339".to_owned(),
        Shape::List(of) => format!("list of {}", shown(of)),
        Shape::Map(of) => format!("{} by name", shown(of)),
        Shape::Object => "object".to_owned(),
        Shape::Named(name) => link(name),
    }
}

fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo;

    #[test]
    fn every_operation_and_type_has_its_place_and_every_link_leads_to_one() {
        let document = std::fs::read_to_string(cargo::root().join("openapi.json")).unwrap();
        let (page, contract) = (markdown(&document).unwrap(), Contract::read(&document).unwrap());
        let names = contract.operations.iter().map(|of| &of.name).chain(contract.types.iter().map(|of| &of.name));
        let headings: Vec<_> = names.map(|name| name.to_lowercase()).collect();
        for heading in &headings {
            assert_eq!(page.to_lowercase().matches(&format!("\n### {heading}\n")).count(), 1, "{heading}");
        }
        for target in page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(headings.iter().any(|heading| heading == target), "{target}");
        }
        assert!(page.contains("| [add_item](#add_item) | POST /v1/wishlists/{wishlistId}/items | 🔑 ⟲ | [ItemDraft](#itemdraft) | [Item](#item) |"));
    }
}
