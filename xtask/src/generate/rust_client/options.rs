//! What may be said of a call and need not be: a struct for each operation that has any of it.

use super::words::{comment, identifier, pascal, qualified};
use crate::generate::contract::{Contract, Operation, Parameter};

/// `options.rs`.
pub(super) fn file(contract: &Contract) -> String {
    let structures = contract.operations.iter().filter(|operation| of(operation).next().is_some()).map(structure);
    HEAD.to_owned() + &structures.collect::<String>()
}

/// The parameters that need not be there.
pub(super) fn of(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|of| !of.is_required)
}

/// The name of the struct.
pub(super) fn name(operation: &Operation) -> String {
    pascal(&operation.name)
}

const HEAD: &str = "//! What may be said of a call and need not be.
//!
//! Write `..Default::default()` behind what you set: there may be more later.

use super::model;

";

fn structure(operation: &Operation) -> String {
    format!(
        "/// Of [`Client::{0}`](crate::Client::{0}).\n\
         #[derive(Clone, Debug, Default, PartialEq, Eq)]\npub struct {1} {{\n{2}}}\n\n",
        operation.name,
        name(operation),
        of(operation).map(member).collect::<String>(),
    )
}

fn member(of: &Parameter) -> String {
    format!("{}pub {}: Option<{}>,\n", comment(&of.description), identifier(&of.name), qualified(&of.shape))
}
