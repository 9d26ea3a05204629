//! What became of every change that was made so far, over all runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// What became of one.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) enum Outcome {
    /// A test failed.
    Caught,
    /// It does not compile.
    Unviable,
    /// The tests did not end, which is a failure too.
    TimedOut,
    /// Every test passed.
    Missed,
}

/// The files that `cargo mutants` writes names into while it runs.
const LISTS: [(&str, Outcome); 4] = [
    ("caught.txt", Outcome::Caught),
    ("unviable.txt", Outcome::Unviable),
    ("timeout.txt", Outcome::TimedOut),
    ("missed.txt", Outcome::Missed),
];

/// The outcomes by the name of the change.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    file: PathBuf,
    by_name: BTreeMap<String, Outcome>,
}

impl Outcomes {
    /// What earlier runs left in the directory, the one that was broken off included.
    pub(super) fn read(directory: &Path) -> Result<Self> {
        let file = directory.join("outcomes.json");
        let by_name = match fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| format!("`{}` is damaged", file.display()))?,
            Err(_) => BTreeMap::new(),
        };
        let mut outcomes = Self { file, by_name };
        outcomes.take(directory)?;
        Ok(outcomes)
    }

    /// Takes what the last run wrote, and keeps all.
    pub(super) fn take(&mut self, directory: &Path) -> Result<()> {
        for (list, outcome) in LISTS {
            let names = fs::read_to_string(directory.join("mutants.out").join(list)).unwrap_or_default();
            self.by_name.extend(names.lines().map(|name| (name.to_owned(), outcome)));
        }
        fs::create_dir_all(directory)?;
        fs::write(&self.file, serde_json::to_vec_pretty(&self.by_name)?)?;
        Ok(())
    }

    pub(super) fn of(&self, name: &str) -> Option<Outcome> {
        self.by_name.get(name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_broken_off_is_taken_by_the_next_and_the_newest_outcome_counts() {
        let place = tempfile::tempdir().unwrap();
        let lists = place.path().join("mutants.out");
        fs::create_dir(&lists).unwrap();
        fs::write(lists.join("missed.txt"), "a.rs:1:1: delete !\n").unwrap();
        let mut outcomes = Outcomes::read(place.path()).unwrap();
        assert_eq!(outcomes.of("a.rs:1:1: delete !"), Some(Outcome::Missed));
        fs::write(lists.join("missed.txt"), "").unwrap();
        fs::write(lists.join("caught.txt"), "a.rs:1:1: delete !\n").unwrap();
        outcomes.take(place.path()).unwrap();
        fs::remove_dir_all(lists).unwrap();
        let kept = Outcomes::read(place.path()).unwrap();
        assert_eq!(kept.of("a.rs:1:1: delete !"), Some(Outcome::Caught));
        assert_eq!(kept.of("a.rs:2:1: delete !"), None);
    }
}
