//! Why a value was not taken, and where in the input it is.

use std::fmt;

use crate::problem::Problem;

/// The most characters of a name of the caller's that is repeated to them.
const MAX_NAME_CHARACTERS: usize = 100;

/// A value that is not what was expected. Serde's own errors are text; this one keeps the place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The names and numbers that lead to the value, the innermost first.
    place: Vec<String>,
    detail: String,
}

impl Refusal {
    /// A refusal of the whole value.
    pub(super) fn new(detail: impl Into<String>) -> Self {
        Self { place: Vec::new(), detail: detail.into() }
    }

    /// The same refusal, of something inside the value that `name` leads to.
    #[must_use]
    pub(super) fn inside(mut self, name: &str) -> Self {
        self.place.push(name.to_owned());
        self
    }

    /// The place as a JSON Pointer (RFC 6901, section 3).
    pub(super) fn pointer(&self) -> String {
        let steps = self.place.iter().rev().map(|name| {
            let shown: String = name.chars().take(MAX_NAME_CHARACTERS).collect();
            format!("/{}", shown.replace('~', "~0").replace('/', "~1"))
        });
        steps.collect()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::invalid(refusal.pointer(), refusal.detail)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Refusal {}

impl serde::de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        let known: Vec<_> = expected.iter().map(|name| format!("`{name}`")).collect();
        Self::new(format!("expected one of {}", known.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("this field is required").inside(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new("this name is given twice").inside(field)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        if expected.is_empty() {
            return Self::new("there is no such field; none is taken").inside(field);
        }
        let known: Vec<_> = expected.iter().map(|name| format!("`{name}`")).collect();
        Self::new(format!("there is no such field; expected one of {}", known.join(", "))).inside(field)
    }
}
