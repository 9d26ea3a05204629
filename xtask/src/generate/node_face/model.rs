//! The types: as TypeScript, and as what their values look like.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Result;

use super::words::{access, check, comment, member, quoted, type_name, value, wrapped};
use crate::generate::contract::{Contract, Field, Kind, Shape, Type, Variant};

/// `model.cjs`.
pub(super) fn shapes(contract: &Contract) -> Result<String> {
    let mut text = SHAPES.to_owned();
    let mut names = Vec::new();
    for of in &contract.types {
        names.push(type_name(&of.name)?.to_owned());
        text += &function(of)?;
        text.push('\n');
    }
    let secrets = contract.types.iter().flat_map(members).filter(|of| of.shape == Shape::Secret);
    let secrets: BTreeSet<_> = secrets.map(|of| quoted(&of.name)).collect();
    text += "/** The members that are not to be shown. */\n";
    text += &wrapped("const secrets = [", &secrets.into_iter().collect::<Vec<_>>(), ", ", "];");
    names.push("secrets".to_owned());
    Ok(text + "\n" + &wrapped("module.exports = { ", &names, ", ", " };"))
}

/// The function that says what is wrong with a value of the type. It names each member where it reads it: a loop over names
/// would cost three times as much.
fn function(of: &Type) -> Result<String> {
    let name = &of.name;
    Ok(match &of.kind {
        Kind::Struct(fields) => {
            format!("function {name}(value) {{\n  return {};\n}}\n", checks("object(value)", fields, 4)?)
        }
        Kind::Words(_) => format!("const {name} = word;\n"),
        Kind::Union { tag, variants } => {
            let (member, word) = (access(tag), quoted(tag));
            let variants = variants.iter().map(|of| {
                let checks = checks("undefined", &of.fields, 8)?;
                Ok(format!("    case {}:\n      return {checks};\n", quoted(&of.word)))
            });
            let variants = variants.collect::<Result<String>>()?;
            format!(
                "function {name}(value) {{\n  const fault = object(value) ?? text({member})?.within({word});\n  \
                 if (fault) return fault;\n  switch ({member}) {{\n{variants}    default:\n      return undefined;\n  }}\n}}\n"
            )
        }
    })
}

/// The first fault, or nothing.
fn checks(first: &str, fields: &[Field], depth: usize) -> Result<String> {
    let mut checks = first.to_owned();
    for of in fields {
        let (value, name) = (access(&of.name), quoted(&of.name));
        let check = check(&of.shape, &value)? + &format!("?.within({name})");
        let check = if of.is_required { check } else { format!("({value} === undefined ? undefined : {check})") };
        let _ = write!(checks, "\n{}?? {check}", " ".repeat(depth));
    }
    Ok(checks)
}

/// The members of an object, or of all that a union may be.
pub(super) fn members(of: &Type) -> Box<dyn Iterator<Item = &Field> + '_> {
    match &of.kind {
        Kind::Struct(fields) => Box::new(fields.iter()),
        Kind::Words(_) => Box::new(std::iter::empty()),
        Kind::Union { variants, .. } => Box::new(variants.iter().flat_map(|of| &of.fields)),
    }
}

const SHAPES: &str = "'use strict';

const {
  boolean, day, id, int32, int64, list, map, moment, object, secret, text, word,
} = require('../runtime/shapes.cjs');

";

/// `model.d.cts`.
pub(super) fn types(contract: &Contract) -> Result<String> {
    let mut text = String::new();
    for of in &contract.types {
        text += &match &of.kind {
            Kind::Struct(fields) => interface(of, fields)?,
            Kind::Words(words) => enumeration(of, words)?,
            Kind::Union { tag, variants } => union(of, tag, variants)?,
        };
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    Ok(text + "\n")
}

fn interface(of: &Type, fields: &[Field]) -> Result<String> {
    let members = properties(fields, 2);
    Ok(format!("{}export interface {} {{\n{members}}}\n", comment(&of.description, 0), type_name(&of.name)?))
}

fn properties(fields: &[Field], depth: usize) -> String {
    let indent = " ".repeat(depth);
    let members = fields.iter().map(|of| {
        let (name, value) = (member(&of.name), value(&of.shape));
        let value = if of.is_required { format!(": {value}") } else { format!("?: {value} | undefined") };
        format!("{}{indent}{name}{value};\n", comment(&of.description, depth))
    });
    members.collect()
}

/// A newer server may have more words; editors still offer those that are known.
fn enumeration(of: &Type, words: &[String]) -> Result<String> {
    let mut words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    words.push("(string & {})".to_owned());
    let start = format!("export type {} = ", type_name(&of.name)?);
    Ok(comment(&of.description, 0) + &wrapped(&start, &words, " | ", ";"))
}

fn union(of: &Type, tag: &str, variants: &[Variant]) -> Result<String> {
    let described = [&of.description, "A newer server may have others: keep a branch for them."].join("\n\n");
    let variants = variants.iter().map(|of| {
        let (doc, tag, word) = (comment(&of.description, 4), member(tag), quoted(&of.word));
        format!("  | {{\n{doc}    {tag}: {word};\n{}  }}", properties(&of.fields, 4))
    });
    let variants = variants.collect::<Vec<_>>().join("\n");
    Ok(format!("{}export type {} =\n{variants};\n", comment(&described, 0), type_name(&of.name)?))
}
