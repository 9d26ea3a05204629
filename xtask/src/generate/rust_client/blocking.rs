//! The operations, each a method of the client that waits.

use super::operations::{arguments, docs, required};
use super::options;
use super::words::{identifier, qualified};
use crate::generate::contract::{Contract, Operation};

/// `blocking.rs`.
pub(super) fn file(contract: &Contract) -> String {
    let mut text = HEAD.to_owned() + "impl Client {\n";
    for operation in &contract.operations {
        text += &method(operation);
        if let Some(page) = contract.page_of(operation) {
            text += &pages(operation, &page.name);
        }
    }
    text + "}\n"
}

const HEAD: &str = "//! One method for each operation, which waits for its answer.

use super::{model, options};
use crate::Result;
use crate::blocking::{Client, Pages};

";

fn method(operation: &Operation) -> String {
    let answer = operation.answer.as_ref().map_or_else(|| "()".to_owned(), qualified);
    format!(
        "{}///\n/// # Errors\n///\n/// What [`Error`](crate::Error) says.\n\
         pub fn {name}(&self{}) -> Result<{answer}> {{\n    self.wait(self.client.{name}({}))\n}}\n\n",
        docs(operation),
        arguments(operation),
        names(operation),
        name = operation.name,
    )
}

/// What is handed on.
fn names(operation: &Operation) -> String {
    let required = required(operation).map(|of| identifier(&of.name));
    let body = operation.body.iter().map(|_| "body".to_owned());
    let options = options::of(operation).next().map(|_| "options".to_owned());
    required.chain(body).chain(options).collect::<Vec<_>>().join(", ")
}

/// The iterator over all pages of an operation.
fn pages(operation: &Operation, page: &str) -> String {
    format!(
        "/// The pages of [`{name}`](Self::{name}), one after the other; `items()` of them for what they hold.\n\
         pub fn {name}_pages(&self{}) -> Pages<model::{page}> {{\n    self.pages(self.client.{name}_pages({}))\n}}\n\n",
        arguments(operation),
        names(operation),
        name = operation.name,
    )
}
