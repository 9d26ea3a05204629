//! The files of the package that are generated.

use anyhow::Result;

use super::{model, operations, signatures};
use crate::generate::contract::Contract;

/// A file of `bindings/node/generated`.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate) enum File {
    /// What values look like, for the checks at run time.
    Model,
    /// The same as types.
    ModelTypes,
    /// The methods.
    Operations,
    /// Their types.
    OperationTypes,
}

/// The text of a file.
pub(in crate::generate) fn text(document: &str, file: File) -> Result<String> {
    let contract = Contract::read(document)?;
    match file {
        File::Model => model::shapes(&contract),
        File::ModelTypes => model::types(&contract),
        File::Operations => operations::file(&contract),
        File::OperationTypes => signatures::file(&contract),
    }
}
