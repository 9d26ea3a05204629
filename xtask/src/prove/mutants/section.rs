//! The part of the kept table that tells of mutants: a row a file, each of the last run that changed that file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::outcomes::{Outcome, Outcomes};

const TITLE: &str = "\n## Mutants\n";

const SAYS: &str = "Each mutant is the code with one condition or check changed or taken away, by `cargo xtask prove mutants`. `Seen`: a test \
    fails, or does not end. `Do not compile`: none after all. `Missed`: every test passes. `Open`: not tried yet. DynamoDB's table and Cognito \
    are not among them, because their tests need an emulator. What no test can see is in `.cargo/mutants.toml`, each with its reason.";

const HEAD: &str = "| File | Mutants | Seen | Do not compile | Missed | Open | Tried at |\n| --- | --- | --- | --- | --- | --- | --- |\n";

/// The lines of each file: its row, and those that were missed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::prove) struct Section(BTreeMap<String, Vec<String>>);

impl Section {
    /// Finds it in the kept text.
    pub(in crate::prove) fn of(kept: &str) -> Self {
        let mut section = Self::default();
        let Some((_, text)) = kept.split_once(TITLE) else { return section };
        for line in text.lines() {
            let row = line.strip_prefix("| `").and_then(|row| row.split_once('`'));
            let missed = line.strip_prefix("- `").and_then(|missed| missed.split_once(':'));
            if let Some((file, _)) = row.or(missed) {
                section.0.entry(file.to_owned()).or_default().push(line.to_owned());
            }
        }
        section
    }

    /// What is before it.
    pub(in crate::prove) fn before(kept: &str) -> &str {
        kept.split_once(TITLE).map_or(kept, |(before, _)| before)
    }

    /// Leaves out the files that there are no more.
    pub(super) fn keep(&mut self, is_there: impl Fn(&str) -> bool) {
        self.0.retain(|file, _| is_there(file));
    }

    /// Replaces what there is of the files of these mutants.
    pub(super) fn put(&mut self, mutants: &[String], outcomes: &Outcomes) {
        let mut by_file = BTreeMap::<&str, Vec<&str>>::new();
        for name in mutants {
            by_file.entry(file_of(name)).or_default().push(name);
        }
        for (file, names) in by_file {
            self.0.insert(file.to_owned(), lines(file, &names, outcomes));
        }
    }

    /// The section as text; empty where nothing was ever tried.
    pub(in crate::prove) fn text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut text = format!("{TITLE}\n{SAYS}\n\n{HEAD}");
        let (rows, missed): (Vec<_>, Vec<_>) = self.0.values().flatten().partition(|line| line.starts_with('|'));
        for row in rows {
            let _ = writeln!(text, "{row}");
        }
        for (number, name) in missed.iter().enumerate() {
            let _ = writeln!(text, "{}{name}", if number == 0 { "\nMissed:\n\n" } else { "" });
        }
        text
    }
}

/// The row of a file, and a line for each that was missed.
fn lines(file: &str, names: &[&str], outcomes: &Outcomes) -> Vec<String> {
    let of = |name: &str| outcomes.of(name).map(|tried| tried.outcome);
    let are = |wanted: Option<Outcome>| names.iter().filter(|name| of(name) == wanted).count();
    let (missed, broken, open) = (are(Some(Outcome::Missed)), are(Some(Outcome::Unviable)), are(None));
    let (all, seen) = (names.len(), names.len() - missed - broken - open);
    let commits: BTreeSet<_> = names.iter().filter_map(|name| Some(outcomes.of(name)?.commit.as_str())).collect();
    let commits = Vec::from_iter(commits).join(", ");
    let row = format!("| `{file}` | {all} | {seen} | {broken} | {missed} | {open} | {commits} |");
    let missed = names.iter().filter(|name| of(name) == Some(Outcome::Missed));
    [row].into_iter().chain(missed.map(|name| format!("- `{name}`"))).collect()
}

/// A name begins with its place.
pub(super) fn file_of(name: &str) -> &str {
    name.split_once(':').map_or(name, |(file, _)| file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_tried_again_replaces_its_lines_and_no_others() {
        let place = tempfile::tempdir().unwrap();
        Outcomes::read(place.path(), |_, _| true).unwrap().begin("new", &[]).unwrap();
        let lists = [
            ("missed.txt", "b.rs:2:2: delete ! in b\n"),
            ("caught.txt", "b.rs:1:2: replace == with != in a::b\n"),
            ("unviable.txt", "b.rs:4:2: delete ! in d\n"),
        ];
        for (list, names) in lists {
            std::fs::write(place.path().join("mutants.out").join(list), names).unwrap();
        }
        let outcomes = Outcomes::read(place.path(), |_, _| true).unwrap();
        let rows = "| `a.rs` | 3 | 2 | 0 | 1 | 0 | old |\n| `b.rs` | 9 | 0 | 0 | 9 | 0 | old |\n| `c.rs` | 1 | 1 | 0 | 0 | 0 | old |\n";
        let missed = "\nMissed:\n\n- `a.rs:3:1: delete !`\n- `b.rs:9:9: gone`\n";
        let kept = format!("# Proof\n{TITLE}\n{SAYS}\n\n{HEAD}{rows}{missed}");
        let mut section = Section::of(&kept);
        assert_eq!(section.text(), kept.split_once("# Proof\n").unwrap().1);
        let mutants = [
            "b.rs:1:2: replace == with != in a::b",
            "b.rs:2:2: delete ! in b",
            "b.rs:3:3: delete ! in c",
            "b.rs:4:2: delete ! in d",
        ];
        section.put(&mutants.map(str::to_owned), &outcomes);
        section.keep(|file| file != "c.rs");
        let text = section.text();
        let rows = "| `a.rs` | 3 | 2 | 0 | 1 | 0 | old |\n| `b.rs` | 4 | 1 | 1 | 1 | 1 | new |\n\nMissed:";
        assert!(text.contains(rows), "{text}");
        assert!(text.ends_with("- `a.rs:3:1: delete !`\n- `b.rs:2:2: delete ! in b`\n"), "{text}");
        assert_eq!(Section::of(&text), section);
        assert_eq!(Section::of("# Proof\n").text(), "");
        assert_eq!(Section::before(&kept), "# Proof\n");
    }
}
