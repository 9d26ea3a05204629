//! What all cases came to, for people and for programs.

use serde::Serialize;

use super::case::{Expect, Level};

/// What one case came to.
pub(crate) enum Judged {
    Held,
    Missed(Missed),
    Unscored,
}

/// How a case was missed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Missed {
    id: String,
    expected: &'static str,
    got: &'static str,
    why: String,
}

impl Judged {
    pub(crate) fn missed(expect: Expect, why: &anyhow::Error) -> Self {
        Self::Missed(Missed { id: String::new(), expected: expect.name(), got: "otherwise", why: format!("{why:#}") })
    }

    /// A case that could not be read is missed, whatever it expects.
    pub(crate) fn unreadable(why: String) -> Self {
        Self::Missed(Missed { id: String::new(), expected: "a case that can be read", got: "unreadable", why })
    }
}

impl Expect {
    fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
            Self::AllowPinned => "allow-pinned",
            Self::BlockOrPinned => "block-or-pinned",
            Self::FailClean => "fail-clean",
        }
    }
}

/// The counts of a file of cases, and what was missed.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) cases: usize,
    pub(crate) held: usize,
    pub(crate) strict: Strict,
    pub(crate) unscored: usize,
    /// Cases of features that are not there; this guard has none.
    pub(crate) not_yet: [(); 0],
    pub(crate) missed: Vec<Missed>,
}

/// The cases of hygiene, counted apart.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Strict {
    pub(crate) cases: usize,
    pub(crate) held: usize,
    pub(crate) missed: Vec<Missed>,
}

impl Report {
    pub(crate) fn add(&mut self, id: String, level: Level, judged: Judged) {
        let (cases, held, missed) = match level {
            Level::Strict => (&mut self.strict.cases, &mut self.strict.held, &mut self.strict.missed),
            Level::Must | Level::Either => (&mut self.cases, &mut self.held, &mut self.missed),
        };
        match judged {
            Judged::Unscored => self.unscored += 1,
            Judged::Held => {
                *cases += 1;
                *held += 1;
            }
            Judged::Missed(why) => {
                *cases += 1;
                missed.push(Missed { id, ..why });
            }
        }
    }

    /// The report in lines for people.
    pub(crate) fn lines(&self) -> Vec<String> {
        let missed = self.missed.iter().map(|missed| ("must", missed));
        let missed = missed.chain(self.strict.missed.iter().map(|missed| ("strict", missed)));
        let lines = missed.map(|(level, Missed { id, expected, why, .. })| {
            format!("missed {id} ({level}): expected {expected}, but {why}")
        });
        let (strict, unscored) = (&self.strict, self.unscored);
        let counts = format!(
            "{} of {} held, of the strict ones {} of {}; {unscored} not scored",
            self.held, self.cases, strict.held, strict.cases
        );
        lines.chain([counts]).collect()
    }
}
