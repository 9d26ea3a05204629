//! What was held, for people and for programs.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Whether a case decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// One miss is a fault.
    Must,
    /// Hygiene, counted apart.
    Strict,
    /// Never scored.
    Either,
}

/// What came of one case.
#[derive(Debug)]
pub(crate) enum Outcome {
    Held,
    Missed(Miss),
    /// It was run and is not scored: both answers are right, or the case itself is wrong.
    Unscored,
    /// What it needs is not built.
    NotYet(String),
    /// It is about more than a verifier, and the test named here plays it.
    Elsewhere(&'static str),
}

#[derive(Debug)]
pub(crate) struct Miss {
    pub(crate) expected: String,
    pub(crate) got: String,
    pub(crate) why: String,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) cases: usize,
    pub(crate) held: usize,
    pub(crate) strict: Score,
    pub(crate) unscored: usize,
    pub(crate) not_yet: Vec<Reason>,
    pub(crate) elsewhere: Vec<Elsewhere>,
    pub(crate) missed: Vec<Missed>,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Score {
    pub(crate) cases: usize,
    pub(crate) held: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct Reason {
    pub(crate) id: Value,
    pub(crate) reason: String,
}

/// A case that needs a whole service, and the test that has it.
#[derive(Debug, Serialize)]
pub(crate) struct Elsewhere {
    pub(crate) id: Value,
    pub(crate) test: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Missed {
    pub(crate) id: Value,
    #[serde(skip)]
    decides: bool,
    expected: String,
    got: String,
    why: String,
}

impl Report {
    /// Counts one case in.
    pub(crate) fn add(&mut self, id: Value, level: Level, outcome: Outcome) {
        match outcome {
            Outcome::NotYet(reason) => return self.not_yet.push(Reason { id, reason }),
            Outcome::Elsewhere(test) => return self.elsewhere.push(Elsewhere { id, test }),
            _ if level == Level::Either => return self.unscored += 1,
            Outcome::Unscored => return self.unscored += 1,
            Outcome::Held | Outcome::Missed(_) => {}
        }
        let decides = level == Level::Must;
        let (cases, held) = match level {
            Level::Must => (&mut self.cases, &mut self.held),
            _ => (&mut self.strict.cases, &mut self.strict.held),
        };
        *cases += 1;
        match outcome {
            Outcome::Missed(Miss { expected, got, why }) => {
                self.missed.push(Missed { id, decides, expected, got, why });
            }
            _ => *held += 1,
        }
    }

    /// Counts another table in.
    pub(crate) fn join(&mut self, other: Self) {
        self.cases += other.cases;
        self.held += other.held;
        self.strict.cases += other.strict.cases;
        self.strict.held += other.strict.held;
        self.unscored += other.unscored;
        self.not_yet.extend(other.not_yet);
        self.elsewhere.extend(other.elsewhere);
        self.missed.extend(other.missed);
    }

    /// Whether every case that decides was held.
    pub(crate) fn passes(&self) -> bool {
        self.missed.iter().all(|missed| !missed.decides)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Missed { id, expected, got, why, .. } in &self.missed {
            writeln!(f, "missed: {id}: {expected} was expected, {got} it was ({why})")?;
        }
        for Reason { id, reason } in &self.not_yet {
            writeln!(f, "not yet: {id}: {reason}")?;
        }
        for Elsewhere { id, test } in &self.elsewhere {
            writeln!(f, "elsewhere: {id}: {test}")?;
        }
        let Self { cases, held, strict, unscored, .. } = self;
        write!(f, "{held} of {cases} held, strict {} of {}, {unscored} not scored", strict.held, strict.cases)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn missed() -> Outcome {
        Outcome::Missed(Miss { expected: "reject".to_owned(), got: "allow".to_owned(), why: "forged".to_owned() })
    }

    #[test]
    fn a_miss_decides_only_where_the_case_does() {
        let mut report = Report::default();
        report.add(json!(1), Level::Must, Outcome::Held);
        report.add(json!(2), Level::Either, missed());
        report.add(json!(3), Level::Strict, missed());
        report.add(json!(4), Level::Must, Outcome::NotYet("no scopes".to_owned()));
        assert!(report.passes());
        assert_eq!((report.cases, report.held, report.unscored, report.strict.cases), (1, 1, 1, 1));
        report.add(json!(5), Level::Must, missed());
        assert!(!report.passes());
        let told = serde_json::to_value(&report).unwrap();
        assert_eq!(told["missed"][1], json!({"id": 5, "expected": "reject", "got": "allow", "why": "forged"}));
        assert_eq!(told["notYet"], json!([{"id": 4, "reason": "no scopes"}]));
    }
}
