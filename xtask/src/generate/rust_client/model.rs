//! The types.

use std::fmt::Write as _;

use super::words::{comment, identifier, owned, pascal};
use crate::generate::contract::{Contract, Field, Kind, Shape, Type, Variant, snake};

/// `model.rs`.
pub(super) fn file(contract: &Contract) -> String {
    let mut text = HEAD.to_owned();
    for of in &contract.types {
        text += &match &of.kind {
            Kind::Struct(fields) => structure(contract, of, fields),
            Kind::Words(words) => enumeration(of, words),
            Kind::Union { tag, variants } => union(of, tag, variants),
        };
        if let Some(item) = of.items() {
            let _ = writeln!(
                text,
                "impl Page for {} {{ type Item = {};
                 fn next_cursor(&self) -> Option<&str> {{ self.next_cursor.as_deref() }}
                 fn into_items(self) -> Vec<Self::Item> {{ self.items }} }}\n",
                of.name,
                owned(item)
            );
        }
    }
    text
}

const HEAD: &str = "//! What is sent and what is answered.
//!
//! Types of answers may get members in a later version. A list of words may too: a word that is not known is `Unlisted`.

use serde::{Deserialize, Serialize};

use crate::pages::Page;
use crate::words::words;

";

fn structure(contract: &Contract, of: &Type, fields: &[Field]) -> String {
    let default = if of.is_sent && has_default(contract, fields) { "Default, " } else { "" };
    let open = if of.is_sent { "" } else { "#[non_exhaustive]\n" };
    format!(
        "{}#[derive(Clone, Debug, {default}PartialEq, Eq, Serialize, Deserialize)]\n{open}pub struct {} {{\n{}}}\n\n",
        comment(&of.description),
        of.name,
        members(fields, "pub "),
    )
}

fn members(fields: &[Field], visibility: &str) -> String {
    fields.iter().map(|field| comment(&field.description) + &member(field, visibility)).collect()
}

fn member(field: &Field, visibility: &str) -> String {
    let name = identifier(&field.name);
    let mut of = owned(&field.shape);
    let mut attributes = Vec::new();
    if snake(&field.name) != field.name {
        attributes.push(format!("rename = \"{}\"", field.name));
    }
    if !field.is_required {
        if matches!(field.shape, Shape::List(_)) {
            attributes.push("default, skip_serializing_if = \"Vec::is_empty\"".to_owned());
        } else {
            attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
            of = format!("Option<{of}>");
        }
    }
    let serde = if attributes.is_empty() { String::new() } else { format!("#[serde({})]\n", attributes.join(", ")) };
    format!("{serde}{visibility}{name}: {of},\n")
}

/// Whether an empty value of each member that has to be there is a start.
fn has_default(contract: &Contract, fields: &[Field]) -> bool {
    fields.iter().filter(|field| field.is_required).all(|field| match &field.shape {
        Shape::Moment | Shape::Day => false,
        Shape::Named(name) => contract.find(name).is_some_and(|of| match &of.kind {
            Kind::Struct(fields) => of.is_sent && has_default(contract, fields),
            _ => false,
        }),
        _ => true,
    })
}

fn enumeration(of: &Type, words: &[String]) -> String {
    let words = words.iter().map(word).collect::<String>();
    let comment = comment(&of.description).replace("///", "    ///");
    format!("words! {{\n{comment}    pub enum {} {{\n{words}    }}\n}}\n\n", of.name)
}

fn word(word: &String) -> String {
    format!("        {} = \"{word}\",\n", pascal(word))
}

fn union(of: &Type, tag: &str, variants: &[Variant]) -> String {
    format!(
        "{}#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]\n#[serde(tag = \"{tag}\")]\n#[non_exhaustive]\n\
         pub enum {} {{\n{}/// One that this version does not know.\n#[serde(other)]\nUnlisted,\n}}\n\n",
        comment(&of.description),
        of.name,
        variants.iter().map(variant).collect::<String>(),
    )
}

fn variant(of: &Variant) -> String {
    format!(
        "{}#[serde(rename = \"{}\")]\n#[non_exhaustive]\n{} {{\n{}}},\n",
        comment(&of.description),
        of.word,
        pascal(&of.word),
        members(&of.fields, ""),
    )
}
