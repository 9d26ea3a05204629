//! A place in the document: a value and how it was reached.

use anyhow::{Error, Result, anyhow};
use serde_json::Value;

pub(super) struct Node<'a> {
    place: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { place: "#".to_owned(), value }
    }

    /// Fails with the first member of an object that is not among those known.
    pub(super) fn only(&self, known: &[&str]) -> Result<()> {
        for (name, member) in self.members()? {
            if !known.contains(&name) {
                return Err(member.unknown("keyword", "the generator does not know it"));
            }
        }
        Ok(())
    }

    pub(super) fn get(&self, name: &str) -> Option<Self> {
        self.value.get(name).map(|value| self.within(name, value))
    }

    pub(super) fn need(&self, name: &str) -> Result<Self> {
        self.get(name).ok_or_else(|| anyhow!("`{}` has no `{name}`", self.place))
    }

    /// By name: `serde_json` keeps their order only where another crate of the build asks for that.
    pub(super) fn members(&self) -> Result<Vec<(&'a str, Self)>> {
        let object = self.value.as_object().ok_or_else(|| self.unknown("value", "expected an object"))?;
        let mut members: Vec<_> =
            object.iter().map(|(name, value)| (name.as_str(), self.within(name, value))).collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        Ok(members)
    }

    pub(super) fn list(&self) -> Result<Vec<Self>> {
        let list = self.value.as_array().ok_or_else(|| self.unknown("value", "expected an array"))?;
        Ok(list.iter().enumerate().map(|(at, value)| self.within(&at.to_string(), value)).collect())
    }

    pub(super) fn texts(&self) -> Result<Vec<String>> {
        self.list()?.iter().map(|text| text.text().map(str::to_owned)).collect()
    }

    pub(super) fn text(&self) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| self.unknown("value", "expected a string"))
    }

    /// The text of a member, empty without it.
    pub(super) fn text_of(&self, name: &str) -> Result<String> {
        self.get(name).map_or(Ok(String::new()), |member| member.text().map(str::to_owned))
    }

    pub(super) fn is(&self, value: &Value) -> bool {
        self.value == value
    }

    pub(super) fn unknown(&self, what: &str, why: &str) -> Error {
        anyhow!("`{}` is an unknown {what}: {why}", self.place)
    }

    fn within(&self, name: &str, value: &'a Value) -> Self {
        // As in a JSON pointer, RFC 6901.
        let name = name.replace('~', "~0").replace('/', "~1");
        Self { place: format!("{}/{name}", self.place), value }
    }
}
