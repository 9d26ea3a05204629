//! What became of every change that was made so far, over all runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::section::file_of;

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

/// One, and the commit that it was tried at.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Tried {
    pub(super) outcome: Outcome,
    pub(super) commit: String,
}

/// The files that `cargo mutants` writes names into while it runs.
const LISTS: [(&str, Outcome); 4] = [
    ("caught.txt", Outcome::Caught),
    ("unviable.txt", Outcome::Unviable),
    ("timeout.txt", Outcome::TimedOut),
    ("missed.txt", Outcome::Missed),
];

/// The outcomes by the name of the change.
#[derive(Debug)]
pub(super) struct Outcomes {
    directory: PathBuf,
    by_name: BTreeMap<String, Tried>,
}

impl Outcomes {
    /// What earlier runs left in the directory, the one that was broken off included. A name is a place and a change, so what was tried in
    /// a file that is another one now, by `is_same` of the commit and the file, is forgotten.
    pub(super) fn read(directory: &Path, is_same: impl Fn(&str, &str) -> bool) -> Result<Self> {
        let directory = directory.to_owned();
        let mut outcomes = Self { by_name: BTreeMap::new(), directory };
        if let Ok(text) = fs::read(outcomes.kept()) {
            let damaged = || format!("`{}` is damaged; remove it to begin anew", outcomes.kept().display());
            outcomes.by_name = serde_json::from_slice(&text).with_context(damaged)?;
        }
        outcomes.take()?;
        outcomes.by_name.retain(|name, tried| is_same(&tried.commit, file_of(name)));
        Ok(outcomes)
    }

    /// Notes the commit that is tried from now on, and leaves `cargo mutants` what it need not try: what is settled, and what is not asked.
    pub(super) fn begin(&self, commit: &str, unasked: &[String]) -> Result<()> {
        let lists = self.directory.join("mutants.out");
        if lists.exists() {
            fs::remove_dir_all(&lists)?;
        }
        fs::create_dir_all(&lists)?;
        write(&self.commit(), commit.as_bytes())?;
        let is_settled = |outcome| matches!(outcome, Outcome::Caught | Outcome::Unviable);
        let settled = self.by_name.iter().filter(|(_, tried)| is_settled(tried.outcome));
        let settled = settled.map(|(name, _)| name).chain(unasked);
        let settled: Vec<_> = settled.flat_map(|name| [name.as_str(), "\n"]).collect();
        write(&lists.join("previously_caught.txt"), settled.concat().as_bytes())
    }

    /// Takes what the last run wrote, and keeps all.
    pub(super) fn take(&mut self) -> Result<()> {
        let commit = fs::read_to_string(self.commit()).unwrap_or_default();
        for (list, outcome) in LISTS {
            let names = fs::read_to_string(self.directory.join("mutants.out").join(list)).unwrap_or_default();
            let tried = |name: &str| (name.to_owned(), Tried { outcome, commit: commit.clone() });
            self.by_name.extend(names.lines().map(tried));
        }
        fs::create_dir_all(&self.directory)?;
        write(&self.kept(), &serde_json::to_vec_pretty(&self.by_name)?)
    }

    pub(super) fn of(&self, name: &str) -> Option<&Tried> {
        self.by_name.get(name)
    }

    fn kept(&self) -> PathBuf {
        self.directory.join("outcomes.json")
    }

    fn commit(&self) -> PathBuf {
        self.directory.join("commit.txt")
    }
}

/// Writes a file that is whole whenever it is read.
fn write(file: &Path, content: &[u8]) -> Result<()> {
    let beside = file.with_extension("new");
    fs::write(&beside, content).with_context(|| format!("`{}` cannot be written", beside.display()))?;
    fs::rename(&beside, file).with_context(|| format!("`{}` cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGE: &str = "a.rs:1:1: delete !";

    fn run(place: &Path, commit: &str, list: &str) {
        Outcomes::read(place, |_, _| true).unwrap().begin(commit, &[]).unwrap();
        fs::write(place.join("mutants.out").join(list), format!("{CHANGE}\n")).unwrap();
    }

    fn found(place: &Path) -> Option<(Outcome, String)> {
        let outcomes = Outcomes::read(place, |_, _| true).unwrap();
        outcomes.of(CHANGE).map(|Tried { outcome, commit }| (*outcome, commit.clone()))
    }

    #[test]
    fn a_run_that_was_broken_off_is_taken_by_the_next_and_the_newest_outcome_counts() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(found(place.path()), None);
        run(place.path(), "one", "missed.txt");
        assert_eq!(found(place.path()), Some((Outcome::Missed, "one".to_owned())));
        run(place.path(), "two", "caught.txt");
        fs::write(place.path().join("mutants.out/missed.txt"), "").unwrap();
        assert_eq!(found(place.path()), Some((Outcome::Caught, "two".to_owned())));
        fs::remove_dir_all(place.path().join("mutants.out")).unwrap();
        assert_eq!(found(place.path()), Some((Outcome::Caught, "two".to_owned())));
    }

    #[test]
    fn only_what_was_caught_is_not_tried_again_and_nothing_of_a_file_that_is_another_one() {
        let place = tempfile::tempdir().unwrap();
        let settled = || fs::read_to_string(place.path().join("mutants.out/previously_caught.txt")).unwrap();
        run(place.path(), "one", "missed.txt");
        run(place.path(), "one", "caught.txt");
        assert_eq!(settled(), "", "it was missed before");
        run(place.path(), "two", "timeout.txt");
        assert_eq!(settled(), format!("{CHANGE}\n"));
        let outcomes = Outcomes::read(place.path(), |commit, file| commit != "two" || file != "a.rs").unwrap();
        assert!(outcomes.of(CHANGE).is_none());
        outcomes.begin("three", &["a.rs:2:2: delete field".to_owned()]).unwrap();
        assert_eq!(settled(), "a.rs:2:2: delete field\n");
    }
}
