//! What a change of the contract takes away from its callers.

use super::model::{Contract, Field, Kind, Operation, Type};

/// What callers of `before` meet in `after` that they were not written for, each as one line that begins with its place.
///
/// A caller sends what it sent and reads what it read; so a request may ask for less and an answer hold more.
pub(in crate::generate) fn breaking(before: &Contract, after: &Contract) -> Vec<String> {
    let mut found = Vec::new();
    for operation in &before.operations {
        match after.operations.iter().find(|of| of.name == operation.name) {
            Some(changed) => found.extend(of_operation(operation, changed)),
            None => found.push(format!("`{}`: the operation is gone", operation.name)),
        }
    }
    for of in &before.types {
        match after.find(&of.name) {
            Some(changed) => found.extend(of_type(of, changed, is_answered(after, &of.name))),
            // One that nobody names is no loss, and whoever names another one is told so.
            None if named(before, &of.name) => found.push(format!("`{}`: the type is gone", of.name)),
            None => {}
        }
    }
    found
}

fn of_operation(before: &Operation, after: &Operation) -> Vec<String> {
    let name = &before.name;
    let mut found = Vec::new();
    let mut changed = |what: &str, differs: bool| {
        if differs {
            found.push(format!("`{name}`: {what}"));
        }
    };
    changed("it has another address", (&before.method, &before.path) != (&after.method, &after.path));
    changed("it takes another body", before.body.is_some() && before.body != after.body);
    changed("it asks for a body", before.body.is_none() && after.body.is_some());
    changed("it answers something else", before.answer != after.answer);
    changed("it asks for a caller who is signed in", after.is_signed && !before.is_signed);
    changed("it takes no `Idempotency-Key`", before.is_idempotent && !after.is_idempotent);
    changed("it takes no `If-Match`", before.is_conditional && !after.is_conditional);
    for parameter in &before.parameters {
        let kept = after.parameters.iter().find(|of| (of.place, &of.name) == (parameter.place, &parameter.name));
        let differs = kept.is_none_or(|of| of.shape != parameter.shape);
        changed(&format!("`{}` is gone or another", parameter.name), differs);
        let asked = kept.is_some_and(|of| of.is_required && !parameter.is_required);
        changed(&format!("`{}` has to be there", parameter.name), asked);
    }
    for parameter in after.parameters.iter().filter(|of| of.is_required) {
        let is_new = !before.parameters.iter().any(|of| (of.place, &of.name) == (parameter.place, &parameter.name));
        changed(&format!("`{}` is new and has to be there", parameter.name), is_new);
    }
    found
}

fn of_type(before: &Type, after: &Type, is_answered: bool) -> Vec<String> {
    let name = &before.name;
    match (&before.kind, &after.kind) {
        (Kind::Struct(old), Kind::Struct(new)) => of_fields(name, [old, new], after.is_sent, is_answered),
        (Kind::Words(old), Kind::Words(new)) => {
            let gone = old.iter().filter(|word| !new.contains(word));
            gone.map(|word| format!("`{name}`: the word `{word}` is gone")).collect()
        }
        (Kind::Union { tag: old_tag, variants: old }, Kind::Union { tag: new_tag, variants: new }) => {
            if old_tag != new_tag {
                return vec![format!("`{name}`: it is told apart by `{new_tag}`")];
            }
            let each = old.iter().flat_map(|variant| match new.iter().find(|of| of.word == variant.word) {
                Some(changed) => of_fields(name, [&variant.fields, &changed.fields], after.is_sent, is_answered),
                None => vec![format!("`{name}`: the variant `{}` is gone", variant.word)],
            });
            each.collect()
        }
        _ => vec![format!("`{name}`: it is something else")],
    }
}

fn of_fields(name: &str, [before, after]: [&[Field]; 2], is_sent: bool, is_answered: bool) -> Vec<String> {
    let mut found = Vec::new();
    for field in before {
        let place = &field.name;
        match after.iter().find(|of| of.name == *place) {
            None => found.push(format!("`{name}`: `{place}` is gone")),
            Some(of) if of.shape != field.shape => found.push(format!("`{name}`: `{place}` is something else")),
            Some(of) if field.is_required && !of.is_required && is_answered => {
                found.push(format!("`{name}`: `{place}` need not be there any more"));
            }
            Some(of) if is_sent && of.is_required && !field.is_required => {
                found.push(format!("`{name}`: `{place}` has to be there"));
            }
            Some(_) => {}
        }
    }
    let is_new = |field: &&Field| !before.iter().any(|of| of.name == field.name);
    let asked = after.iter().filter(|field| is_sent && field.is_required).filter(is_new);
    found.extend(asked.map(|field| format!("`{name}`: `{}` is new and has to be there", field.name)));
    found
}

/// Whether an answer holds the type, by itself or within others.
fn is_answered(contract: &Contract, name: &str) -> bool {
    let mut open: Vec<&str> = contract.operations.iter().filter_map(|of| of.answer.as_ref()?.named()).collect();
    let mut seen = Vec::new();
    while let Some(next) = open.pop() {
        if next == name {
            return true;
        }
        if seen.contains(&next) {
            continue;
        }
        seen.push(next);
        match contract.find(next).map(|of| &of.kind) {
            Some(Kind::Struct(fields)) => open.extend(fields.iter().filter_map(|field| field.shape.named())),
            Some(Kind::Union { variants, .. }) => {
                let fields = variants.iter().flat_map(|variant| &variant.fields);
                open.extend(fields.filter_map(|field| field.shape.named()));
            }
            _ => {}
        }
    }
    false
}

/// Whether an operation or another type names the type.
fn named(contract: &Contract, name: &str) -> bool {
    let of_operations = contract.operations.iter().any(|of| {
        of.body.as_deref() == Some(name)
            || of.answer.as_ref().and_then(|shape| shape.named()) == Some(name)
            || of.parameters.iter().any(|parameter| parameter.shape.named() == Some(name))
    });
    let holds = |fields: &[Field]| fields.iter().any(|field| field.shape.named() == Some(name));
    of_operations
        || contract.types.iter().any(|of| match &of.kind {
            Kind::Struct(fields) => holds(fields),
            Kind::Union { variants, .. } => variants.iter().any(|variant| holds(&variant.fields)),
            Kind::Words(_) => false,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cargo;

    /// What is found when the document is changed at a place: with a value there, or without what is there.
    fn found(place: &str, value: Option<Value>) -> Vec<String> {
        let text = std::fs::read_to_string(cargo::root().join("openapi.json")).unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        let (parent, name) = place.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/");
        match (document.pointer_mut(parent).unwrap(), value) {
            (Value::Object(members), Some(value)) => drop(members.insert(name, value)),
            (Value::Object(members), None) => drop(members.remove(&name).unwrap()),
            (Value::Array(values), Some(value)) => values.push(value),
            (Value::Array(values), None) => drop(values.remove(name.parse().unwrap())),
            _ => panic!("`{place}` is in nothing that has members"),
        }
        breaking(&Contract::read(&text).unwrap(), &Contract::read(&document.to_string()).unwrap())
    }

    #[test]
    fn what_callers_relied_on_is_missed() {
        let schemas = "/components/schemas";
        let items = "/paths/~1v1~1wishlists~1{wishlistId}~1items";
        let rows = [
            ("/paths/~1health".to_owned(), None, "`find_health`: the operation is gone"),
            (format!("{items}/get/parameters/1"), None, "`list_items`: `limit` is gone or another"),
            (format!("{items}/get/parameters/1/required"), Some(json!(true)), "`list_items`: `limit` has to be there"),
            (format!("{items}/post/parameters/1"), None, "`add_item`: it takes no `Idempotency-Key`"),
            (
                "/paths/~1health/get/security".to_owned(),
                Some(json!([{"bearer": []}])),
                "`find_health`: it asks for a caller who is signed in",
            ),
            (format!("{schemas}/Item/properties/brand"), None, "`Item`: `brand` is gone"),
            (format!("{schemas}/Item/required/0"), None, "`Item`: `id` need not be there any more"),
            (
                format!("{schemas}/Item/properties/brand/type"),
                Some(json!("boolean")),
                "`Item`: `brand` is something else",
            ),
            (format!("{schemas}/Availability/enum/0"), None, "`Availability`: the word `inStock` is gone"),
            (format!("{schemas}/ItemDraft/required"), Some(json!(["note"])), "`ItemDraft`: `note` has to be there"),
        ];
        for (place, value, expected) in rows {
            assert_eq!(found(&place, value), [expected], "{place}");
        }
    }

    #[test]
    fn what_is_added_is_missed_by_nobody() {
        let text = json!({"type": "string", "description": "What it is made of."});
        let rows = [
            ("/components/schemas/Item/properties/material", text.clone()),
            ("/components/schemas/ItemDraft/properties/material", text),
            ("/components/schemas/Availability/enum/0", json!("onTheMoon")),
            ("/components/schemas/Item/required/0", json!("brand")),
        ];
        for (place, value) in rows {
            assert!(found(place, Some(value)).is_empty(), "{place}");
        }
    }
}
