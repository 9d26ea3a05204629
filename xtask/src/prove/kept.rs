//! The last figures, kept beside the other files that are derived.

use std::fs;

use anyhow::{Context, Result};

use super::inputs::Inputs;
use super::mutants::Section;
use super::row::{self, Row};
use crate::cargo;

/// Where they are kept. No source makes them, so they are not compared by `cargo xtask generate --check`.
pub(crate) const FILE: &str = "docs/generated/proof.md";

/// Writes the table of a whole run.
pub(super) fn write(rows: &[Row], inputs: &Inputs) -> Result<()> {
    let commit = cargo::output_of("git", &["describe", "--always", "--dirty", "--abbrev=12"])?;
    put(&(text(rows, inputs, commit.trim()) + &mutants()?.text()))
}

/// What is kept of mutants, which are no part of a whole run.
pub(super) fn mutants() -> Result<Section> {
    Ok(Section::of(&fs::read_to_string(cargo::root().join(FILE)).with_context(|| format!("there is no `{FILE}`"))?))
}

/// Writes that part anew, and leaves the table as it is.
pub(super) fn write_mutants(section: &Section) -> Result<()> {
    let kept = fs::read_to_string(cargo::root().join(FILE)).with_context(|| format!("there is no `{FILE}`"))?;
    put(&(Section::before(&kept).to_owned() + &section.text()))
}

fn put(text: &str) -> Result<()> {
    fs::write(cargo::root().join(FILE), text).with_context(|| format!("`{FILE}` cannot be written"))?;
    println!("wrote {FILE}");
    Ok(())
}

fn text(rows: &[Row], inputs: &Inputs, commit: &str) -> String {
    let not_yet = part("Not yet", "Cases of what does not exist", &row::not_yet(rows));
    let elsewhere =
        part("Elsewhere", "Cases that need a whole service, and the tests that have them", &row::elsewhere(rows));
    let missed = part("Missed", "What did not hold, or was not proved", &row::misses(rows));
    format!(
        "<!-- Written by `cargo xtask prove`: run it again instead of editing this. -->\n\n# Proof\n\nThe last whole run of `cargo xtask \
         prove`, at commit {commit}, with {inputs}. `Strict` is good to have and decides nothing.\n\n{}{missed}{elsewhere}{not_yet}",
        row::table(rows)
    )
}

fn part(title: &str, says: &str, list: &str) -> String {
    if list.is_empty() { String::new() } else { format!("\n## {title}\n\n{says}:\n\n{list}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_names_the_commit_and_the_inputs() {
        let told = r#"{"cases": 1, "held": 0, "missed": [{"id": "y", "expected": "no", "got": "yes"}], "notYet": [{"id": "x", "reason": "there are no shares"}]}"#;
        let row = Row { promise: "nothing leaks", counts: serde_json::from_str(told).unwrap(), figure: String::new() };
        let text = text(&[row], &Inputs::Own, "abc-dirty");
        assert!(text.contains("at commit abc-dirty, with the project's own tables"), "{text}");
        assert!(text.contains("## Missed") && text.contains("- nothing leaks: y: expected no and not yes\n"), "{text}");
        assert!(text.ends_with("- there are no shares: x\n"), "{text}");
    }
}
