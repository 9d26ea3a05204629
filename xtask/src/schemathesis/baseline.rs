//! The findings that are known to be false, each with the reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::cargo;

/// The most entries: more would be a contract that says something else than the server does.
const MOST: usize = 5;

/// The entries; the hooks match findings against them.
pub(super) struct Baseline(Vec<Value>);

impl Baseline {
    /// The file that holds it.
    pub(super) fn path() -> PathBuf {
        cargo::root().join("xtask/schemathesis/baseline.json")
    }

    pub(super) fn read() -> Result<Self> {
        let text = fs::read_to_string(Self::path()).context("the baseline cannot be read")?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let entries: Vec<Value> = serde_json::from_str(text).context("the baseline is not a list")?;
        ensure!(entries.len() <= MOST, "the baseline has {} entries; expected at most {MOST}", entries.len());
        for entry in &entries {
            let is_reasoned = entry["why"].as_str().is_some_and(|why| !why.trim().is_empty());
            ensure!(is_reasoned, "an entry of the baseline does not say `why`: {entry}");
        }
        Ok(Self(entries))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many findings were of the baseline, by what the hooks noted: the number of an entry for each. Entries that none
    /// was of are told.
    pub(super) fn tell(&self, met: &Path) -> Result<usize> {
        let noted = fs::read_to_string(met).context("the hooks noted nothing")?;
        let seen: BTreeSet<usize> = noted.lines().filter_map(|line| line.parse().ok()).collect();
        for (number, entry) in self.0.iter().enumerate().filter(|(number, _)| !seen.contains(number)) {
            println!("warning: nothing is found any more that entry {} of the baseline is of: {entry}", number + 1);
        }
        Ok(noted.lines().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_gives_its_reason_and_there_are_five_at_most() {
        let entries = |count: usize, entry: &str| Baseline::parse(&format!("[{}]", vec![entry; count].join(",")));
        assert_eq!(entries(5, r#"{"why":"it is so"}"#).unwrap().len(), 5);
        assert!(entries(6, r#"{"why":"it is so"}"#).is_err());
        assert!(entries(1, r#"{"why":" "}"#).is_err());
        assert!(entries(1, "{}").is_err());
    }

    #[test]
    fn the_baseline_that_is_kept_is_one() {
        assert!(Baseline::read().is_ok());
    }
}
