//! The types.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::words::{Way, annotation, bracketed, camel, constant, docstring, identifier, imports, pascal};
use crate::generate::contract::{Contract, Field, Kind, Shape, Type, Variant};

/// Texts that are exact numbers, by type and member: the contract writes them as text so that nobody makes them floats.
const DECIMALS: &[(&str, &str)] = &[("Money", "amount")];

/// Names that the package has of its own.
#[rustfmt::skip]
const TAKEN: &[&str] = &[
    "AsyncPages", "AsyncWishlists", "Closed", "Conflict", "Forbidden", "Internal", "Invalid", "InvalidAnswer", "NotFound",
    "Page", "Pages", "ParsedPrice", "RateLimited", "RefusedField", "Stale", "Timeout", "Unauthenticated", "Unavailable",
    "WishlistError", "Wishlists", "None", "True", "False",
];

/// `models.py`.
pub(super) fn file(contract: &Contract) -> Result<String> {
    let answered = answered(contract);
    let mut names = Vec::new();
    let mut text = String::new();
    for of in &contract.types {
        names.push(of.name.clone());
        let way = if answered.contains(&of.name) { Way::Answered } else { Way::Sent };
        text += &match &of.kind {
            Kind::Struct(fields) => structure(&of.name, &of.description, fields, way, "", "")?,
            Kind::Words(words) => enumeration(of, words)?,
            Kind::Union { tag, variants } => union(of, tag, variants, &mut names)?,
        };
    }
    let mut known: BTreeSet<_> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
    for name in &names {
        let is_class = name.starts_with(|letter: char| letter.is_ascii_uppercase())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric());
        if !is_class || !known.insert(name.clone()) {
            bail!("`{name}` cannot be a class of the package; expected a name of its own in letters and digits");
        }
    }
    names.sort_unstable();
    let all = names.iter().fold(String::new(), |mut all, name| {
        let _ = writeln!(all, "    \"{name}\",");
        all
    });
    text = format!("__all__ = [\n{all}]\n\n_Moment: _typing.TypeAlias = {MOMENT}\n{text}");
    Ok(format!("{HEAD}{}{TAIL}{text}", imports(&text)))
}

const HEAD: &str = r#""""What is sent and what is answered.

Types of answers may get members in a later version, and a list of words may get words: those have no name here.
"""

from __future__ import annotations

"#;

const TAIL: &str = "
import msgspec as _msgspec

from .. import _model

";

/// A moment without a zone is none.
const MOMENT: &str = "_typing.Annotated[_datetime.datetime, _msgspec.Meta(tz=True)]";

/// The types that answers hold.
fn answered(contract: &Contract) -> BTreeSet<String> {
    let answers = contract.operations.iter().filter_map(|of| of.answer.as_ref()?.named().map(str::to_owned));
    let mut open: Vec<String> = answers.collect();
    let mut found = BTreeSet::new();
    while let Some(of) = open.pop().and_then(|name| contract.find(&name)) {
        if found.insert(of.name.clone()) {
            let named = |fields: &[Field]| -> Vec<String> {
                fields.iter().filter_map(|field| field.shape.named().map(str::to_owned)).collect()
            };
            match &of.kind {
                Kind::Struct(fields) => open.extend(named(fields)),
                Kind::Union { variants, .. } => open.extend(variants.iter().flat_map(|of| named(&of.fields))),
                Kind::Words(_) => {}
            }
        }
    }
    found
}

fn structure(
    name: &str,
    description: &str,
    fields: &[Field],
    way: Way,
    union: &str,
    configuration: &str,
) -> Result<String> {
    let secrets: Vec<_> = fields.iter().filter(|field| field.shape == Shape::Secret).collect();
    let secrets = secrets.iter().map(|field| identifier(&field.name)).collect::<Result<Vec<_>>>()?;
    let hidden = if secrets.is_empty() { "" } else { "_model.Hidden, " };
    let base = match way {
        Way::Answered => "_model.Answer",
        Way::Sent => "_model.Draft",
    };
    let frozen = if way == Way::Answered { ", frozen=True" } else { "" };
    let mut text = format!(
        "\n\nclass {name}({hidden}{base}{union}{frozen}, kw_only=True{configuration}):\n{}\n",
        docstring(4, description)
    );
    if !secrets.is_empty() {
        let names: Vec<_> = secrets.iter().map(|name| format!("\"{name}\"")).collect();
        let _ = writeln!(text, "    _secrets = frozenset({{{}}})\n", names.join(", "));
    }
    let mut members = fields.iter().collect::<Vec<_>>();
    members.sort_by_key(|field| !field.is_required);
    let mut known = BTreeSet::new();
    for field in members {
        if !known.insert(identifier(&field.name)?) {
            bail!("`{name}` has two members that are `{}` in Python", identifier(&field.name)?);
        }
        text += &member(name, field, way)?;
    }
    if fields.is_empty() {
        text = text.trim_end().to_owned() + "\n";
    }
    Ok(text)
}

fn member(of: &str, field: &Field, way: Way) -> Result<String> {
    let name = identifier(&field.name)?;
    let mut kind = match &field.shape {
        _ if DECIMALS.contains(&(of, &field.name)) => "_decimal.Decimal".to_owned(),
        shape => annotation(shape, way, "").replace("_datetime.datetime", "_Moment"),
    };
    let mut settings = Vec::new();
    if camel(&name) != field.name {
        settings.push(format!("name=\"{}\"", field.name));
    }
    if !field.is_required {
        if matches!((&field.shape, way), (Shape::List(_), Way::Answered)) {
            settings.push("default=()".to_owned());
        } else {
            kind += " | None";
            settings.push("default=None".to_owned());
        }
    }
    let value = match settings.as_slice() {
        [] => String::new(),
        [one] if one.starts_with("default=") => one.replace("default=", " = "),
        settings => format!(" = _msgspec.field({})", settings.join(", ")),
    };
    Ok(format!("    {name}: {kind}{value}\n{}", documented(&field.description)))
}

fn documented(description: &str) -> String {
    if description.is_empty() { String::new() } else { docstring(4, description) }
}

fn enumeration(of: &Type, words: &[String]) -> Result<String> {
    let mut text = format!("\n\nclass {}(_model.Word):\n{}\n", of.name, docstring(4, &of.description));
    let mut known = BTreeSet::new();
    for word in words {
        let name = constant(word)?;
        if !known.insert(name.clone()) {
            bail!("`{}` has two words that are `{name}` in Python", of.name);
        }
        let _ = writeln!(text, "    {name} = \"{word}\"");
    }
    Ok(text)
}

fn union(of: &Type, tag: &str, variants: &[Variant], names: &mut Vec<String>) -> Result<String> {
    let name = &of.name;
    if of.is_sent {
        bail!("`{name}` is one of several objects and is sent; the Python face only reads such types");
    }
    let variant_name = |word: &str| format!("{name}{}", pascal(word));
    let mut text = format!("\n\nclass {name}(_model.Union):\n{}\n    __slots__ = ()\n", docstring(4, &of.description));
    let mut rows = Vec::new();
    for variant in variants {
        let class = variant_name(&variant.word);
        let (union, tagged) = (format!(", {name}"), format!(", tag_field=\"{tag}\", tag=\"{}\"", variant.word));
        text += &structure(&class, &variant.description, &variant.fields, Way::Answered, &union, &tagged)?;
        rows.push(format!("\"{}\": {class}", variant.word));
        names.push(class);
    }
    let unlisted = format!("{name}Unlisted");
    let _ = write!(
        text,
        "\n\nclass {unlisted}(_model.Answer, {name}, frozen=True, kw_only=True):\n{}\n    {tag}: str\n{}    \
         members: dict[str, _typing.Any]\n{}\n\n",
        docstring(4, "One that this version does not know."),
        docstring(4, "The word that tells what it is."),
        docstring(4, "All of it."),
    );
    names.push(unlisted.clone());
    let parts = [name.clone(), format!("\"{tag}\""), format!("{{{}}}", rows.join(", ")), unlisted];
    Ok(text + &bracketed("_model.unite", &parts, ""))
}
