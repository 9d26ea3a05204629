//! The types: as TypeScript, and as what their values look like.

use std::collections::BTreeSet;

use anyhow::Result;

use super::words::{comment, member, quoted, shape, type_name, value, wrapped};
use crate::generate::contract::{Contract, Field, Kind, Shape, Type, Variant};

/// `model.cjs`.
pub(super) fn shapes(contract: &Contract) -> Result<String> {
    let mut text = SHAPES.to_owned();
    let mut names = Vec::new();
    for of in &contract.types {
        names.push(type_name(&of.name)?.to_owned());
        text += &constant(of)?;
        text.push('\n');
    }
    let secrets = contract.types.iter().flat_map(members).filter(|of| of.shape == Shape::Secret);
    let secrets: BTreeSet<_> = secrets.map(|of| quoted(&of.name)).collect();
    text += "/** The members that are not to be shown. */\n";
    text += &wrapped("const secrets = [", &secrets.into_iter().collect::<Vec<_>>(), ", ", "];");
    names.push("secrets".to_owned());
    Ok(text + "\n" + &wrapped("module.exports = { ", &names, ", ", " };"))
}

fn constant(of: &Type) -> Result<String> {
    let name = &of.name;
    Ok(match &of.kind {
        Kind::Struct(fields) => format!("const {name} = struct(() => ({}));\n", object(fields)?),
        Kind::Words(_) => format!("const {name} = word;\n"),
        Kind::Union { tag, variants } => {
            let variants = variants.iter().map(|of| Ok(format!("  {}: {},\n", quoted(&of.word), object(&of.fields)?)));
            let variants = variants.collect::<Result<String>>()?;
            format!("const {name} = union({}, () => ({{\n{variants}}}));\n", quoted(tag))
        }
    })
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
  boolean, day, id, int32, int64, list, map, moment, object, secret, struct, text, union, word,
} = require('../runtime/shapes.cjs');

";

fn object(fields: &[Field]) -> Result<String> {
    let members = fields.iter().map(|of| {
        let shape = shape(&of.shape, str::to_owned)?;
        let optional = if of.is_required { "" } else { ".optional" };
        Ok(format!("  {}: {}{optional},\n", member(&of.name), shape))
    });
    Ok(format!("{{\n{}}}", members.collect::<Result<String>>()?))
}

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
