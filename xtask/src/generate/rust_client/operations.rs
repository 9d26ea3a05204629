//! The operations, each a method of the client.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::options;
use super::words::{comment, identifier, qualified};
use crate::generate::contract::{Contract, Operation, Parameter, Place, Shape};

/// `operations.rs`.
pub(super) fn file(contract: &Contract) -> Result<String> {
    let mut text = HEAD.to_owned() + "impl Client {\n";
    for operation in &contract.operations {
        text += &method(operation)?;
        if let Some(page) = contract.page_of(operation) {
            text += &pages(operation, &page.name);
        }
    }
    Ok(text + "}\n")
}

const HEAD: &str = "//! One method for each operation.

use http::Method;

use super::{model, options};
use crate::call::Call;
use crate::pages::Pages;
use crate::{Client, Result};

";

fn method(operation: &Operation) -> Result<String> {
    let (answer, finish) = match &operation.answer {
        Some(shape) => (qualified(shape), "answer"),
        None => ("()".to_owned(), "done"),
    };
    Ok(format!(
        "{}///\n/// # Errors\n///\n/// What [`Error`](crate::Error) says.\n\
         pub async fn {}(&self{}) -> Result<{answer}> {{\n    let call = {};\n    self.{finish}(call).await\n}}\n\n",
        docs(operation),
        operation.name,
        arguments(operation),
        call(operation)?,
    ))
}

pub(super) fn docs(operation: &Operation) -> String {
    let mut text = operation.summary.clone();
    if !operation.description.is_empty() {
        let _ = write!(text, "\n\n{}", operation.description);
    }
    if operation.is_conditional {
        text += "\n\nUnder [`if_version`](Client::if_version) only where the record still has that version.";
    }
    comment(&text)
}

/// The path's parameters in its order, the others that have to be there, the body, the options.
pub(super) fn arguments(operation: &Operation) -> String {
    let mut arguments = String::new();
    for parameter in required(operation) {
        let of = match &parameter.shape {
            Shape::Text => "&str".to_owned(),
            shape @ (Shape::Named(_) | Shape::Secret) => format!("&{}", qualified(shape)),
            shape => qualified(shape),
        };
        let _ = write!(arguments, ", {}: {of}", identifier(&parameter.name));
    }
    if let Some(body) = &operation.body {
        let _ = write!(arguments, ", body: &model::{body}");
    }
    if options::of(operation).next().is_some() {
        let _ = write!(arguments, ", options: &options::{}", options::name(operation));
    }
    arguments
}

pub(super) fn required(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|of| of.is_required)
}

fn call(operation: &Operation) -> Result<String> {
    let mut segments = Vec::new();
    for part in operation.path.split('/').skip(1) {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let parameter =
            operation.parameters.iter().find(|of| of.place == Place::Path && Some(of.name.as_str()) == name);
        segments.push(match parameter {
            Some(of) if of.shape == Shape::Text => identifier(&of.name),
            Some(of) if matches!(of.shape, Shape::Id | Shape::Integer(_) | Shape::Named(_)) => {
                format!("&{}.to_string()", identifier(&of.name))
            }
            Some(of) => bail!("`{}` of `{}` does not belong in a path", of.name, operation.name),
            None => format!("\"{part}\""),
        });
    }
    let (name, method) = (&operation.name, &operation.method);
    let mut call = format!("Call::new(\"{name}\", Method::{method}, &[{}])", segments.join(", "));
    if operation.is_signed {
        call += ".signed()";
    }
    if operation.is_idempotent {
        call += ".idempotent()";
    }
    if operation.is_conditional {
        call += ".conditional()";
    }
    for parameter in operation.parameters.iter().filter(|of| of.place != Place::Path) {
        let name = identifier(&parameter.name);
        let value = if parameter.is_required { format!("Some(&{name})") } else { format!("options.{name}.as_ref()") };
        let written = match parameter.shape {
            Shape::Moment => ".map(crate::call::moment)",
            Shape::Secret => ".map(crate::Secret::expose)",
            Shape::List(_) | Shape::Map(_) | Shape::Object => {
                bail!("`{name}` of `{}` is not one value", operation.name)
            }
            _ => "",
        };
        let place = if parameter.place == Place::Query { "query" } else { "header" };
        let _ = write!(call, ".{place}(\"{}\", {value}{written})", parameter.name);
    }
    if operation.body.is_some() {
        call += ".body(body)?";
    }
    Ok(call)
}

/// The stream over all pages of an operation.
fn pages(operation: &Operation, page: &str) -> String {
    let names: String = required(operation).map(|of| identifier(&of.name) + ", ").collect();
    format!(
        "/// The pages of [`{name}`](Self::{name}), one after the other; `items()` of them for what they hold.\n\
         pub fn {name}_pages(&self{arguments}) -> Pages<model::{page}> {{\n\
         let (client, options) = (self.clone(), options.clone());\n\
         Pages::new(options.cursor.clone(), move |cursor| {{\n\
         let (client, options) = (client.clone(), options::{options} {{ cursor, ..options.clone() }});\n\
         async move {{ client.{name}({names}&options).await }}\n}})\n}}\n\n",
        name = operation.name,
        arguments = arguments(operation),
        options = options::name(operation),
    )
}
