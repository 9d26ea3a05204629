//! The operations by their names, typed on the way: for tests whose calls are data.

use std::fmt::Write as _;

use super::operations::required;
use super::options;
use super::words::identifier;
use crate::generate::contract::{Contract, Operation, Shape};

/// `by_name.rs`: the same calls for both clients.
pub(super) fn file(contract: &Contract) -> String {
    let waiting = dispatch(contract, "wishlist_client::Client", "async ", ".await", "collect_items().await");
    let blocking = dispatch(contract, "wishlist_client::blocking::Client", "", "", "collect_items()");
    format!(
        "{HEAD}/// Through the client whose calls are awaited.\npub(crate) {waiting}\n\
         /// Through the client whose calls wait.\npub(crate) mod blocking {{\n    use super::{{Step, Value, options, told, unreadable}};\n\n    pub(crate) {blocking}}}\n",
    )
}

const HEAD: &str = "//! Every operation, called by its name with arguments from JSON and answered as JSON.

use serde_json::Value;
use wishlist_client::options;

use crate::step::{Step, told, unreadable};

";

fn dispatch(contract: &Contract, client: &str, way: &str, wait: &str, collect: &str) -> String {
    let mut arms = String::new();
    for operation in &contract.operations {
        let (name, arguments) = (&operation.name, arguments(operation));
        if contract.page_of(operation).is_some() {
            let _ = writeln!(arms, "\"{name}\" if step.pages => told(client.{name}_pages({arguments}).{collect}?),");
        }
        let _ = writeln!(arms, "\"{name}\" => told(client.{name}({arguments}){wait}?),");
    }
    format!(
        "{way}fn call(client: &{client}, step: &Step) -> wishlist_client::Result<Value> {{\n\
         match step.call.as_str() {{\n{arms}\
         unknown => Err(unreadable(&format!(\"`{{unknown}}` is no operation\"))),\n}}\n}}\n"
    )
}

fn arguments(operation: &Operation) -> String {
    let mut arguments: Vec<String> = required(operation)
        .map(|of| {
            let value = format!("step.given(\"{}\")?", of.name);
            match of.shape {
                Shape::Text => format!("&step.given::<String>(\"{}\")?", of.name),
                Shape::Named(_) | Shape::Secret => format!("&{value}"),
                _ => value,
            }
        })
        .collect();
    if operation.body.is_some() {
        arguments.push("&step.body()?".to_owned());
    }
    if options::of(operation).next().is_some() {
        let members =
            options::of(operation).map(|of| format!("{}: step.chosen(\"{}\")?", identifier(&of.name), of.name));
        let members = members.collect::<Vec<_>>().join(", ");
        arguments.push(format!("&options::{} {{ {members} }}", options::name(operation)));
    }
    arguments.join(", ")
}
