//! What a field's rules give.

use crate::finding::Rule;
use crate::sources::Candidate;

/// A field's value with the rule that chose it and the candidates it came from, the first before all.
#[derive(Clone, Debug)]
pub(crate) struct Chosen<'c, T> {
    pub(crate) value: T,
    pub(crate) rule: Rule,
    pub(crate) from: Vec<&'c Candidate>,
}

/// What the rules of a field come to.
pub(crate) type Choice<'c, T> = Option<Chosen<'c, T>>;

impl<'c, T> Chosen<'c, T> {
    /// The value of one candidate.
    pub(crate) fn one(value: T, rule: Rule, candidate: &'c Candidate) -> Self {
        Self { value, rule, from: vec![candidate] }
    }
}
