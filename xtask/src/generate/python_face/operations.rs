//! The operations, each a method.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::signature::{Argument, arguments};
use super::words::{Way, annotation, bracketed, docstring, identifier, imports};
use crate::generate::contract::{Contract, Operation, Shape, Type};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// A thread that waits.
    Waiting,
    /// A task of an event loop.
    Awaited,
}

/// Methods that are written by hand.
const TAKEN: &[&str] = &["open", "connect", "as_user", "session", "close"];

/// `operations.py` and `async_operations.py`.
pub(super) fn file(contract: &Contract, face: Face) -> Result<String> {
    let (class, caller, pages) = face.classes();
    let mut text = format!(
        "\nfrom .._caller import {caller}\nfrom .._pages import {pages}\nfrom . import calls as _calls\nfrom . import models as \
         _models\n\n\nclass {class}({caller}):\n    \"\"\"One method for each operation.\"\"\"\n\n    __slots__ = ()\n"
    );
    let mut known: BTreeSet<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
    for operation in &contract.operations {
        let page = contract.page_of(operation);
        let names = [Some(operation.name.clone()), page.map(|_| format!("{}_pages", operation.name))];
        for name in names.into_iter().flatten() {
            if identifier(&name)? != name || !known.insert(name.clone()) {
                bail!("`{name}` cannot be a method of the package; expected a name of its own in lower case");
            }
        }
        text += &method(operation, face)?;
        if let Some(page) = page {
            text += &walk(operation, page, face)?;
        }
    }
    Ok(format!("{HEAD}{}{text}", imports(&text)))
}

const HEAD: &str = r#""""One method for each operation."""

from __future__ import annotations

"#;

impl Face {
    /// The class that is made, the one that it is made of, and the one of pages.
    fn classes(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Waiting => ("Operations", "Caller", "Pages"),
            Self::Awaited => ("AsyncOperations", "AsyncCaller", "AsyncPages"),
        }
    }
}

fn method(operation: &Operation, face: Face) -> Result<String> {
    let (name, arguments) = (&operation.name, arguments(operation)?);
    let answer = operation.answer.as_ref().map_or_else(|| "None".to_owned(), answer);
    let (start, wait) = if face == Face::Awaited { ("async ", "await ") } else { ("", "") };
    let head = bracketed(&format!("    {start}def {name}"), &taken(&arguments), &format!(" -> {answer}:"));
    let call = bracketed(&format!("        return {wait}self._call(_calls.{name}"), &names(&arguments), ")");
    Ok(format!("\n{head}{}{call}", docstring(8, &documentation(operation, &arguments))))
}

/// The method over all pages of an operation.
fn walk(operation: &Operation, page: &Type, face: Face) -> Result<String> {
    let Some(item) = page.items() else { bail!("`{}` is no page", page.name) };
    let (name, arguments) = (&operation.name, arguments(operation)?);
    let pages = face.classes().2;
    let answer = format!(" -> {pages}[_models.{}, {}]:", page.name, answer(item));
    let head = bracketed(&format!("    def {name}_pages"), &taken(&arguments), &answer);
    let documentation = format!("The pages of `{name}`, one after the other; `items()` of them for what they hold.");
    let ask = format!("lambda cursor: _calls.{name}({})", names(&arguments).join(", "));
    let parts = ["self._call".to_owned(), ask, "cursor".to_owned()];
    Ok(format!("\n{head}{}{}", docstring(8, &documentation), bracketed(&format!("        return {pages}"), &parts, "")))
}

fn answer(shape: &Shape) -> String {
    annotation(shape, Way::Answered, "_models.")
}

fn taken(arguments: &[Argument]) -> Vec<String> {
    let mut taken = vec!["self".to_owned()];
    let mut is_by_name = false;
    for Argument { name, annotation, is_required, .. } in arguments {
        if !is_required && !is_by_name {
            is_by_name = true;
            taken.push("*".to_owned());
        }
        taken.push(format!("{name}: {annotation}{}", if *is_required { "" } else { " = None" }));
    }
    taken
}

fn names(arguments: &[Argument]) -> Vec<String> {
    arguments.iter().map(|of| of.name.clone()).collect()
}

fn documentation(operation: &Operation, arguments: &[Argument]) -> String {
    let mut text = operation.summary.clone();
    if !operation.description.is_empty() {
        let _ = write!(text, "\n\n{}", operation.description);
    }
    for Argument { name, description, .. } in arguments.iter().filter(|of| !of.description.is_empty()) {
        let _ = write!(text, "\n\n`{name}`: {description}");
    }
    text
}
