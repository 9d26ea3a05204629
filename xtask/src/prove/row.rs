//! A row of the table: one promise, and what was done to it.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Deserialize;

/// What came of the cases of one promise.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    /// Cases that decide.
    pub(super) cases: usize,
    /// Those of them that came out as they must.
    pub(super) held: usize,
    /// Cases that are told apart: what is good to have.
    #[serde(default)]
    pub(super) strict: Strict,
    /// Cases of features that do not exist.
    #[serde(default)]
    pub(super) not_yet: Vec<NotYet>,
    /// Cases that need a whole service, and the tests that have them.
    #[serde(default)]
    pub(super) elsewhere: Vec<Elsewhere>,
    /// What did not hold, for people.
    #[serde(default)]
    pub(super) missed: Vec<Missed>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Strict {
    pub(super) cases: usize,
    pub(super) held: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct NotYet {
    pub(super) id: Id,
    pub(super) reason: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Elsewhere {
    pub(super) id: Id,
    pub(super) test: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Missed {
    pub(super) id: Id,
    pub(super) expected: String,
    pub(super) got: String,
    /// What happened, as far as the judge says.
    #[serde(default)]
    pub(super) why: String,
}

/// The name of a case, which in some files is a number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Name(String),
    Number(u64),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A line of the table.
#[derive(Debug)]
pub(super) struct Row {
    /// What is promised.
    pub(super) promise: &'static str,
    pub(super) counts: Counts,
    /// What was measured beside, if anything.
    pub(super) figure: String,
}

impl Row {
    /// Whether every case that decides came out as it must, and there was one.
    pub(super) fn holds(&self) -> bool {
        self.counts.cases > 0 && self.counts.held == self.counts.cases && self.counts.missed.is_empty()
    }
}

/// The table, as Markdown, which reads well on a terminal too.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text =
        "| Promise | Cases | Held | Strict | Not yet | Figure |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    for Row { promise, counts, figure } in rows {
        let Counts { cases, held, strict, not_yet, .. } = counts;
        let strict = if strict.cases == 0 { String::new() } else { format!("{} of {}", strict.held, strict.cases) };
        let not_yet = if not_yet.is_empty() { String::new() } else { not_yet.len().to_string() };
        let _ = writeln!(text, "| {promise} | {cases} | {held} | {strict} | {not_yet} | {figure} |");
    }
    text
}

/// What did not hold, a point each.
pub(super) fn misses(rows: &[Row]) -> String {
    let mut text = String::new();
    for Row { promise, counts, .. } in rows {
        for Missed { id, expected, got, why } in &counts.missed {
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            let _ = writeln!(text, "- {promise}: {id}: expected {expected} and not {got}{why}");
        }
    }
    text
}

/// The cases that tests have and the proof has not, by test.
pub(super) fn elsewhere(rows: &[Row]) -> String {
    listed(rows.iter().flat_map(|row| &row.counts.elsewhere).map(|Elsewhere { id, test }| (test.as_str(), id)))
}

/// The cases of features that do not exist, by reason.
pub(super) fn not_yet(rows: &[Row]) -> String {
    listed(rows.iter().flat_map(|row| &row.counts.not_yet).map(|NotYet { id, reason }| (reason.as_str(), id)))
}

fn listed<'a>(cases: impl Iterator<Item = (&'a str, &'a Id)>) -> String {
    let mut under = BTreeMap::<&str, Vec<String>>::new();
    for (of, id) in cases {
        under.entry(of).or_default().push(id.to_string());
    }
    under.iter().fold(String::new(), |mut text, (of, ids)| {
        let _ = writeln!(text, "- {of}: {}", ids.join(", "));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(told: &str) -> Row {
        Row { promise: "nothing leaks", counts: serde_json::from_str(told).unwrap(), figure: "2 s".to_owned() }
    }

    #[test]
    fn a_promise_holds_where_every_case_does_and_there_is_one() {
        assert!(row(r#"{"cases": 2, "held": 2, "strict": {"cases": 3, "held": 1}}"#).holds());
        assert!(!row(r#"{"cases": 2, "held": 1}"#).holds());
        assert!(!row(r#"{"cases": 0, "held": 0}"#).holds());
        let missed = row(r#"{"cases": 1, "held": 1, "missed": [{"id": "a", "expected": "block", "got": "allow"}]}"#);
        assert!(!missed.holds());
        assert_eq!(misses(&[missed]), "- nothing leaks: a: expected block and not allow\n");
        let told = r#"{"cases": 1, "held": 0, "missed": [{"id": 7, "expected": "reject", "got": "allow", "why": "it passed"}]}"#;
        assert_eq!(misses(&[row(told)]), "- nothing leaks: 7: expected reject and not allow: it passed\n");
    }

    #[test]
    fn the_table_has_a_line_for_each_and_tells_what_is_good_to_have_apart() {
        let rows = [row(
            r#"{"cases": 2, "held": 2, "strict": {"cases": 3, "held": 1}, "notYet": [{"id": "x", "reason": "no shares"}]}"#,
        )];
        assert!(table(&rows).ends_with("\n| nothing leaks | 2 | 2 | 1 of 3 | 1 | 2 s |\n"));
        assert_eq!(not_yet(&rows), "- no shares: x\n");
        let told = r#"{"cases": 1, "held": 1, "elsewhere": [{"id": "a", "test": "sessions"}, {"id": "b", "test": "sessions"}]}"#;
        assert_eq!(elsewhere(&[row(told)]), "- sessions: a, b\n");
    }
}
