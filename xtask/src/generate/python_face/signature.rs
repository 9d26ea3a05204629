//! What a method takes, and what is made of it for the call.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::words::{Way, annotation, identifier};
use crate::generate::contract::{Operation, Parameter, Place};

/// An argument of a method.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) annotation: String,
    pub(super) is_required: bool,
    pub(super) description: String,
}

/// What the methods of an operation take: the path's parameters and the others that have to be there, the body, and by name
/// only what may be left out.
pub(super) fn arguments(operation: &Operation) -> Result<Vec<Argument>> {
    let mut arguments = Vec::new();
    for of in operation.parameters.iter().filter(|of| of.is_required) {
        arguments.push(argument(of)?);
    }
    if let Some(body) = &operation.body {
        arguments.push(Argument {
            name: "body".to_owned(),
            annotation: format!("_models.{body}"),
            is_required: true,
            description: String::new(),
        });
    }
    for of in operation.parameters.iter().filter(|of| !of.is_required) {
        arguments.push(argument(of)?);
    }
    if operation.is_idempotent {
        arguments.push(optional("key", "str", KEY));
    }
    if operation.is_conditional {
        arguments.push(optional("if_version", "int", VERSION));
    }
    let mut known = BTreeSet::new();
    for Argument { name, .. } in &arguments {
        if !known.insert(name) {
            bail!("`{}` has two arguments that are `{name}` in Python", operation.name);
        }
    }
    Ok(arguments)
}

const KEY: &str = "A name for this call, in place of one drawn by chance: called again under it within a day, even by another \
                   process, it has no second effect.";
const VERSION: &str =
    "The record is changed only where it still has this version; otherwise the call fails as `Stale`.";

fn argument(of: &Parameter) -> Result<Argument> {
    if of.place == Place::Header {
        bail!("`{}` is a header; the Python face sends what is in the path, the query and the body", of.name);
    }
    let kind = annotation(&of.shape, Way::Sent, "_models.");
    Ok(Argument {
        name: identifier(&of.name)?,
        annotation: if of.is_required { kind } else { format!("{kind} | None") },
        is_required: of.is_required,
        description: of.description.clone(),
    })
}

fn optional(name: &str, kind: &str, description: &str) -> Argument {
    Argument {
        name: name.to_owned(),
        annotation: format!("{kind} | None"),
        is_required: false,
        description: description.to_owned(),
    }
}
