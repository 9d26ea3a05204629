//! What sources hand to fields.

use crate::extraction::{Field, Source};
use crate::page::{clean, unescape};

/// Candidates that one source may give for one field: a gallery has some twenty pictures, nothing else as many values.
const MAX_PER_SOURCE: usize = 24;

/// Longer values are cut: the longest field, a description, ends at 1,000 characters.
const MAX_VALUE: usize = 4096;

/// One value for one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) field: Field,
    pub(crate) source: Source,
    /// Plain text in one line.
    pub(crate) value: String,
    /// What the source says beside a price about its currency.
    pub(crate) currency: Option<String>,
}

/// All candidates of a page, in the order of the sources.
#[derive(Debug, Default)]
pub(crate) struct Candidates(Vec<Candidate>);

impl Candidates {
    /// Adds a value; empty, repeated and surplus ones are left out.
    pub(crate) fn add(&mut self, field: Field, source: Source, value: &str) {
        self.add_price(field, source, value, None);
    }

    /// Adds a price with what is known of its currency.
    pub(crate) fn add_price(&mut self, field: Field, source: Source, value: &str, currency: Option<&str>) {
        let mut end = value.len().min(MAX_VALUE);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        let value = clean(&unescape(value.get(..end).unwrap_or_default()), MAX_VALUE);
        let candidate = Candidate { field, source, value, currency: currency.map(|text| clean(text, 20)) };
        let mut same = self.0.iter().filter(|other| other.field == field && other.source == source);
        if !candidate.value.is_empty() && same.clone().count() < MAX_PER_SOURCE && same.all(|other| *other != candidate)
        {
            self.0.push(candidate);
        }
    }

    /// Adds all of another source.
    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The candidates for one field.
    pub(crate) fn of(&self, field: Field) -> impl Iterator<Item = &Candidate> + Clone {
        self.0.iter().filter(move |candidate| candidate.field == field)
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Candidate> {
        self.0.iter()
    }
}
