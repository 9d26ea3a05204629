//! The files of the client and how they are formatted.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::{blocking, by_name, model, operations, options};
use crate::cargo;
use crate::generate::contract::Contract;

/// A file of `wishlist-client/src/generated`.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate) enum File {
    Mod,
    Model,
    Operations,
    Options,
    /// Behind the feature `blocking`.
    Blocking,
    /// The calls by the names of operations, for tests that read them from a file.
    ByName,
}

/// The text of a file, formatted as `cargo fmt` would.
pub(in crate::generate) fn text(document: &str, file: File) -> Result<String> {
    let contract = Contract::read(document)?;
    let text = match file {
        File::Mod => MOD.to_owned(),
        File::Model => model::file(&contract),
        File::Operations => operations::file(&contract)?,
        File::Options => options::file(&contract),
        File::Blocking => blocking::file(&contract),
        File::ByName => by_name::file(&contract),
    };
    formatted(&text)
}

const MOD: &str =
    "//! What the contract says, as Rust: the types, and one method of [`Client`](crate::Client) for each operation.

#[cfg(feature = \"blocking\")]
mod blocking;
pub mod model;
mod operations;
pub mod options;
";

fn formatted(text: &str) -> Result<String> {
    let mut command = cargo::command("rustfmt");
    command
        .args(["--edition", "2024", "--config-path"])
        .arg(cargo::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut rustfmt = command.spawn().context("`rustfmt` does not start; run `rustup component add rustfmt`")?;
    // It reads everything before it writes anything, so the one pipe cannot wait for the other.
    rustfmt.stdin.take().context("`rustfmt` takes no input")?.write_all(text.as_bytes())?;
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        bail!("`rustfmt` refuses what was generated ({}):\n{text}", output.status);
    }
    String::from_utf8(output.stdout).context("`rustfmt` writes what is not UTF-8")
}
