//! The calls: for each operation a function that judges its arguments and writes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::signature::arguments;
use super::words::{Way, annotation, bracketed, constant, identifier, imports};
use crate::generate::contract::{Contract, Operation, Parameter, Place, Shape};

/// `calls.py`.
pub(super) fn file(contract: &Contract) -> Result<String> {
    let (mut readers, mut rows, mut calls) = (BTreeMap::new(), String::new(), String::new());
    for operation in &contract.operations {
        rows += &row(operation)?;
        calls += &call(operation, &mut readers)?;
    }
    let mut text = rows + "\n";
    for (name, of) in readers {
        let _ = writeln!(text, "{name} = Reader({of})");
    }
    text += &calls;
    Ok(format!("{HEAD}{}{TAIL}{text}", imports(&text)))
}

const HEAD: &str = r#""""The calls: what each method sends, once its arguments are judged."""

from __future__ import annotations

"#;

const TAIL: &str = "
from .. import _wire
from .._native import Operation
from .._wire import Reader, Request
from . import models as _models

";

/// What is the same in every call of an operation.
fn row(operation: &Operation) -> Result<String> {
    let mut parts = vec![format!("\"{}\"", operation.name), format!("\"{}\"", operation.method)];
    let flags = [
        (operation.is_signed, "signed=True"),
        (operation.is_idempotent, "idempotent=True"),
        (operation.is_conditional, "conditional=True"),
    ];
    parts.extend(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| (*flag).to_owned()));
    Ok(bracketed(&format!("{} = Operation", name_of(operation)?), &parts, ""))
}

fn name_of(operation: &Operation) -> Result<String> {
    Ok(format!("_{}_CALL", constant(&operation.name)?))
}

fn call(operation: &Operation, readers: &mut BTreeMap<String, String>) -> Result<String> {
    let mut reader = |shape: &Shape| -> Result<String> {
        let (name, of) = (format!("{}_READER", reader_of(shape)?), annotation(shape, Way::Answered, "_models."));
        readers.insert(name.clone(), of);
        Ok(name)
    };
    let answer = operation.answer.as_ref().map(|shape| annotation(shape, Way::Answered, "_models."));
    let mut parts = vec![name_of(operation)?];
    parts.push(operation.answer.as_ref().map_or_else(|| Ok("None".to_owned()), &mut reader)?);
    parts.push(path(operation)?);
    let query = query(operation)?;
    if !query.is_empty() {
        parts.push(format!("query=_wire.query({})", query.join(", ")));
    }
    if let Some(body) = &operation.body {
        let reader = reader(&Shape::Named(body.clone()))?;
        parts.push(format!("body=_wire.body(body, _models.{body}, {reader})"));
    }
    if operation.is_idempotent {
        parts.push("key=_wire.key(key)".to_owned());
    }
    if operation.is_conditional {
        parts.push("version=_wire.version(if_version)".to_owned());
    }
    let taken: Vec<_> = arguments(operation)?.iter().map(|of| format!("{}: {}", of.name, of.annotation)).collect();
    let answer = answer.unwrap_or_else(|| "None".to_owned());
    let head = bracketed(&format!("def {}", operation.name), &taken, &format!(" -> Request[{answer}]:"));
    Ok(format!("\n\n{head}{}", bracketed("    return Request", &parts, "")))
}

fn reader_of(shape: &Shape) -> Result<String> {
    Ok(match shape {
        Shape::Named(name) => format!("_{}", constant(name)?),
        Shape::List(of) => format!("_LIST_OF{}", reader_of(of)?),
        Shape::Map(of) => format!("_MAP_OF{}", reader_of(of)?),
        shape => format!("_{}", format!("{shape:?}").to_uppercase().replace(['(', ')'], "")),
    })
}

/// The parts of the path as a tuple.
fn path(operation: &Operation) -> Result<String> {
    let mut parts = Vec::new();
    for part in operation.path.split('/').skip(1) {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let parameter =
            operation.parameters.iter().find(|of| of.place == Place::Path && Some(of.name.as_str()) == name);
        parts.push(match parameter {
            Some(of) => written(operation, of)?,
            None => format!("\"{part}\""),
        });
    }
    let comma = if parts.len() == 1 { "," } else { "" };
    Ok(format!("({}{comma})", parts.join(", ")))
}

fn query(operation: &Operation) -> Result<Vec<String>> {
    let of_query = operation.parameters.iter().filter(|of| of.place == Place::Query);
    of_query
        .map(|of| {
            let row = format!("(\"{}\", {})", of.name, written(operation, of)?);
            let name = identifier(&of.name)?;
            Ok(if of.is_required { row } else { format!("None if {name} is None else {row}") })
        })
        .collect()
}

/// A parameter as text, once it is judged.
fn written(operation: &Operation, of: &Parameter) -> Result<String> {
    let name = identifier(&of.name)?;
    let judge = match &of.shape {
        Shape::Text | Shape::Secret => "text",
        Shape::Boolean => "boolean",
        Shape::Integer(_) => "integer",
        Shape::Id => "identity",
        Shape::Moment => "moment",
        Shape::Day => "day",
        Shape::Named(words) => return Ok(format!("_wire.word(\"{name}\", {name}, _models.{words})")),
        Shape::List(_) | Shape::Map(_) | Shape::Object => {
            bail!("`{}` of `{}` is not one value", of.name, operation.name)
        }
    };
    Ok(format!("_wire.{judge}(\"{name}\", {name})"))
}
