//! The operations as JavaScript: a row for each that says what is sent, and a method that sends it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::model::members;
use super::words::{argument, camel, checker, method, quoted, wrapped};
use crate::generate::contract::{Contract, Kind, Operation, Parameter, Place, Shape};

/// `operations.cjs`.
pub(super) fn file(contract: &Contract) -> Result<String> {
    let (mut rows, mut methods) = (String::new(), String::new());
    for operation in &contract.operations {
        rows += &row(contract, operation)?;
        methods += &methods_of(contract, operation)?;
    }
    methods.truncate(methods.trim_end().len());
    Ok(format!("{HEAD}{rows}class Operations extends Caller {{\n{methods}\n}}\n\nmodule.exports = {{ Operations }};\n"))
}

const HEAD: &str = "'use strict';

const model = require('./model.cjs');
const { Caller, call, pages } = require('../runtime/caller.cjs');
const { boolean, day, id, int32, int64, list, map, moment, object, secret, text } = require('../runtime/shapes.cjs');

";

/// What comes by its place: the path's parameters in its order, the others that have to be there, the body.
pub(super) fn positional(operation: &Operation) -> Result<Vec<(String, Shape)>> {
    let by_path = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let by_path =
        by_path.filter_map(|name| operation.parameters.iter().find(|of| of.place == Place::Path && of.name == name));
    let others = operation.parameters.iter().filter(|of| of.place != Place::Path && of.is_required);
    let mut given = Vec::new();
    for parameter in by_path.chain(others) {
        given.push((argument(&parameter.name)?, parameter.shape.clone()));
    }
    if let Some(body) = &operation.body {
        given.push((argument(body)?, Shape::Named(body.clone())));
    }
    let names: BTreeSet<_> = given.iter().map(|(name, _)| name).collect();
    if names.len() != given.len() {
        bail!("two arguments of `{}` have the same name", operation.name);
    }
    Ok(given)
}

/// The parameters that need not be there.
pub(super) fn optional(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|of| of.place != Place::Path && !of.is_required)
}

fn constant(operation: &Operation) -> String {
    operation.name.to_uppercase()
}

fn row(contract: &Contract, operation: &Operation) -> Result<String> {
    let shape_of = |of: &Shape| checker(of, "model.");
    let mut row = format!(
        "const {} = {{\n  operation: {},\n  method: {},\n  path: [{}],\n",
        constant(operation),
        quoted(&operation.name),
        quoted(&operation.method),
        path(contract, operation)?.join(", "),
    );
    let given =
        positional(operation)?.into_iter().map(|(name, of)| Ok(format!("[{}, {}]", quoted(&name), shape_of(&of)?)));
    row += &wrapped("  given: [", &given.collect::<Result<Vec<_>>>()?, ", ", "],");
    let query = query(contract, operation)?;
    row += &wrapped("  query: [", &query, ", ", "],");
    let answer = operation.answer.as_ref().map_or_else(|| Ok("undefined".to_owned()), shape_of)?;
    let has_secrets = operation.answer.as_ref().is_some_and(|of| has_secrets(contract, of));
    let _ = write!(
        row,
        "  hasBody: {},\n  isSigned: {},\n  isIdempotent: {},\n  isConditional: {},\n  answer: {answer},\n  hasSecrets: {has_secrets},\n}};\n\n",
        operation.body.is_some(),
        operation.is_signed,
        operation.is_idempotent,
        operation.is_conditional,
    );
    Ok(row)
}

/// The parts of the path: texts, and where an argument is one, its place.
fn path(contract: &Contract, operation: &Operation) -> Result<Vec<String>> {
    let mut parts = Vec::new();
    let mut arguments = 0;
    for part in operation.path.split('/').skip(1) {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            parts.push(quoted(part));
            continue;
        };
        let parameter = operation.parameters.iter().find(|of| of.place == Place::Path && of.name == name);
        match parameter.map(|of| &of.shape) {
            Some(Shape::Text | Shape::Id | Shape::Integer(_)) => {}
            Some(Shape::Named(name)) if is_words(contract, name) => {}
            _ => bail!("`{name}` of `{}` does not belong in a path", operation.name),
        }
        parts.push(arguments.to_string());
        arguments += 1;
    }
    Ok(parts)
}

/// The parameters of the query: the name, what it looks like, and for one that has to be there its place.
fn query(contract: &Contract, operation: &Operation) -> Result<Vec<String>> {
    let mut place = operation.parameters.iter().filter(|of| of.place == Place::Path).count();
    let mut query = Vec::new();
    for parameter in operation.parameters.iter().filter(|of| of.place != Place::Path) {
        let name = &parameter.name;
        if parameter.place == Place::Header {
            bail!("`{name}` of `{}` is a header, which a call of the bridge has no place for", operation.name);
        }
        let is_one = match &parameter.shape {
            Shape::List(_) | Shape::Map(_) | Shape::Object => false,
            Shape::Named(name) => is_words(contract, name),
            _ => true,
        };
        if !is_one {
            bail!("`{name}` of `{}` is not one value", operation.name);
        }
        if ["signal", "key", "ifVersion"].contains(&&*camel(name)) {
            bail!("`{name}` of `{}` is what a call is told in any case", operation.name);
        }
        let shape = checker(&parameter.shape, "model.")?;
        if parameter.is_required {
            query.push(format!("[{}, {shape}, {place}]", quoted(name)));
            place += 1;
        } else {
            query.push(format!("[{}, {shape}]", quoted(name)));
        }
    }
    Ok(query)
}

fn is_words(contract: &Contract, name: &str) -> bool {
    contract.find(name).is_some_and(|of| matches!(of.kind, Kind::Words(_)))
}

/// Whether there is anything in an answer that is not to be shown.
fn has_secrets(contract: &Contract, answer: &Shape) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = answer.named().into_iter().collect();
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        for shape in contract.find(name).into_iter().flat_map(members).map(|of| &of.shape) {
            if *shape == Shape::Secret {
                return true;
            }
            open.extend(shape.named());
        }
    }
    false
}

fn methods_of(contract: &Contract, operation: &Operation) -> Result<String> {
    let names: Vec<_> = positional(operation)?.into_iter().map(|(name, _)| name).collect();
    let arguments: Vec<_> = names.iter().cloned().chain(["options".to_owned()]).collect();
    let (name, constant) = (method(&operation.name)?, constant(operation));
    let (arguments, names) = (arguments.join(", "), names.join(", "));
    let mut text =
        format!("  {name}({arguments}) {{\n    return call(this, {constant}, [{names}], options);\n  }}\n\n");
    if contract.page_of(operation).is_some() {
        let _ = write!(
            text,
            "  {name}Pages({arguments}) {{\n    return pages(this, {constant}, [{names}], options);\n  }}\n\n"
        );
    }
    Ok(text)
}
