//! What held, as `cargo xtask prove` reads it.

use serde::Serialize;

/// The cases and the figures.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Told {
    cases: usize,
    held: usize,
    missed: Vec<Missed>,
    figures: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Missed {
    id: &'static str,
    expected: String,
    got: String,
}

impl Told {
    /// A case: what it is, what was expected, and what came instead where it did not hold.
    pub(crate) fn case(&mut self, id: &'static str, expected: impl Into<String>, got: Option<String>) {
        self.cases += 1;
        match got {
            None => self.held += 1,
            Some(got) => self.missed.push(Missed { id, expected: expected.into(), got }),
        }
    }

    pub(crate) fn figure(&mut self, figure: String) {
        self.figures.push(figure);
    }

    pub(crate) fn holds(&self) -> bool {
        self.missed.is_empty()
    }
}
