//! The files of the face.

use anyhow::Result;

use super::operations::Face;
use super::{calls, models, operations};
use crate::generate::contract::Contract;

/// A file of `bindings/python/python/smart_wishlist/_generated`.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate) enum File {
    Init,
    Models,
    Calls,
    Operations,
    AsyncOperations,
}

/// The text of a file.
pub(in crate::generate) fn text(document: &str, file: File) -> Result<String> {
    let contract = Contract::read(document)?;
    match file {
        File::Init => Ok(INIT.to_owned()),
        File::Models => models::file(&contract),
        File::Calls => calls::file(&contract),
        File::Operations => operations::file(&contract, Face::Waiting),
        File::AsyncOperations => operations::file(&contract, Face::Awaited),
    }
}

const INIT: &str = "\"\"\"What the contract says, as Python: the types, and one method for each operation.\"\"\"\n";
