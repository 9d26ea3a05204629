//! Proofs by an example program that reads cases and judges each by the code that is shipped.

use std::time::Instant;

use anyhow::Result;
use serde::Deserialize;

use super::inputs::Inputs;
use super::proofs::Depth;
use super::row::{Counts, Row};
use super::told;
use crate::{cargo, examples};

/// The guard of what a user's address may reach.
pub(super) fn address(promise: &'static str, inputs: &Inputs, _: Depth) -> Result<Row> {
    judge(promise, ("wishlist-scraper", "judge"), inputs, "ssrf.json", None)
}

/// The verifier of access tokens.
pub(super) fn tokens(promise: &'static str, inputs: &Inputs, _: Depth) -> Result<Row> {
    judge(promise, ("wishlist-identity", "judge"), inputs, "jwt.json", None)
}

/// The check of a signature alone.
pub(super) fn signatures(promise: &'static str, inputs: &Inputs, _: Depth) -> Result<Row> {
    let own = "wishlist-identity/tests/cases/signatures.json";
    judge(promise, ("wishlist-identity", "judge"), inputs, "wycheproof-jws.json", Some(own))
}

/// Who may do what, by every operation of the contract.
pub(super) fn access(promise: &'static str, inputs: &Inputs, _: Depth) -> Result<Row> {
    judge(promise, ("wishlist-api", "access"), inputs, "api.json", None)
}

/// Has a judge judge the file, or our own: all of its tables, or the one that is named.
fn judge(
    promise: &'static str,
    (package, example): (&str, &str),
    inputs: &Inputs,
    file: &str,
    own: Option<&str>,
) -> Result<Row> {
    let mut command = cargo::command(examples::built(package, example)?);
    command.args(["--report", "json"]);
    if let Some(file) = inputs.file(file)?.or(own.map(|own| cargo::root().join(own))) {
        command.arg("--cases").arg(file);
    }
    let start = Instant::now();
    let counts: Counts = told::by(command)?;
    Ok(Row { promise, counts, figure: format!("{:.1} s", start.elapsed().as_secs_f64()) })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Carried {
    texts: usize,
    kept_as_sent: usize,
    refused_at_their_field: usize,
}

/// Every text through every field that takes text, and back.
pub(super) fn texts(promise: &'static str, inputs: &Inputs, depth: Depth) -> Result<Row> {
    let mut command = cargo::command(examples::built("wishlist-api", "texts")?);
    match inputs.file("naughty-strings.json")? {
        Some(file) => command.arg(file),
        None => command.arg("--own"),
    };
    if depth == Depth::Quick {
        // A text costs a third of a second, as the test command builds the program.
        command.args(["--every", if matches!(inputs, Inputs::Own) { "2" } else { "12" }]);
    }
    // It ends at the first text that is lost or changed, and tells nothing then.
    let Carried { texts, kept_as_sent, refused_at_their_field } = told::by(command)?;
    let cases = kept_as_sent + refused_at_their_field;
    let counts = Counts { cases, held: cases, ..Counts::default() };
    let figure = format!("{texts} texts; {kept_as_sent} kept as sent, {refused_at_their_field} refused at their field");
    Ok(Row { promise, counts, figure })
}
