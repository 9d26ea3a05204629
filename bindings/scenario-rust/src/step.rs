//! A scenario that is data: one call a step, with what is expected of it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wishlist_client::{Error, ErrorKind};

/// One call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// What it shows.
    pub(crate) says: String,
    /// Who calls.
    #[serde(rename = "as")]
    pub(crate) who: Option<String>,
    /// The operation.
    pub(crate) call: String,
    #[serde(default)]
    path: Map<String, Value>,
    #[serde(default)]
    query: Map<String, Value>,
    #[serde(default)]
    body: Value,
    /// An `Idempotency-Key` of its own.
    pub(crate) key: Option<String>,
    /// The version that the record must have.
    pub(crate) version: Option<i64>,
    /// Whether all pages are walked.
    #[serde(default)]
    pub(crate) pages: bool,
    answer: Option<Value>,
    items: Option<Value>,
    error: Option<Refusal>,
    /// Pointers into the answer by the names under which later steps have what is there.
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    kind: String,
    code: String,
    status: u16,
    pointers: Option<Vec<String>>,
}

impl Step {
    /// A parameter that has to be there.
    pub(crate) fn given<T: DeserializeOwned>(&self, name: &str) -> wishlist_client::Result<T> {
        self.chosen(name)?.ok_or_else(|| unreadable(&format!("`{name}` is missing")))
    }

    /// A parameter that need not be there.
    pub(crate) fn chosen<T: DeserializeOwned>(&self, name: &str) -> wishlist_client::Result<Option<T>> {
        self.path.get(name).or_else(|| self.query.get(name)).map(typed).transpose()
    }

    pub(crate) fn body<T: DeserializeOwned>(&self) -> wishlist_client::Result<T> {
        typed(&self.body)
    }
}

fn typed<T: DeserializeOwned>(value: &Value) -> wishlist_client::Result<T> {
    serde_json::from_value(value.clone()).map_err(|error| unreadable(&format!("`{value}`")).caused_by(error))
}

/// What the scenario itself does wrong: a kind that no step expects.
pub(crate) fn unreadable(what: &str) -> Error {
    Error::new(ErrorKind::InvalidAnswer, what)
}

/// A typed answer as the JSON that it came from.
pub(crate) fn told(answer: impl Serialize) -> wishlist_client::Result<Value> {
    serde_json::to_value(answer).map_err(|e| Error::new(ErrorKind::InvalidAnswer, "it is no JSON").caused_by(e))
}

/// A scenario on its way.
#[derive(Debug)]
pub struct Play {
    steps: std::vec::IntoIter<Value>,
    kept: BTreeMap<String, Value>,
}

impl Play {
    /// From its beginning, where the pages of the shop are at this address.
    ///
    /// # Errors
    /// Where the file cannot be read or has no steps.
    pub fn read(file: &Path, shop: &str) -> Result<Self> {
        let text = std::fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
        let mut scenario: Value = serde_json::from_slice(&text)?;
        let Value::Array(steps) = scenario["steps"].take() else { bail!("`{}` has no `steps`", file.display()) };
        ensure!(!steps.is_empty(), "`{}` has no steps", file.display());
        Ok(Self { steps: steps.into_iter(), kept: BTreeMap::from([("shop".to_owned(), shop.into())]) })
    }

    /// How many steps are left.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.steps.len() == 0
    }

    /// Everybody who calls.
    pub(crate) fn people(&self) -> Vec<String> {
        let mut names: Vec<_> = self.steps.as_slice().iter().filter_map(|step| step["as"].as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The next call.
    pub(crate) fn next(&mut self) -> Result<Option<Step>> {
        let Some(step) = self.steps.next() else { return Ok(None) };
        let step = self.filled(step);
        serde_json::from_value(step.clone()).map(Some).with_context(|| step.to_string())
    }

    /// Holds what came of a call against what is expected.
    pub(crate) fn judge(&mut self, step: &Step, outcome: wishlist_client::Result<Value>) -> Result<()> {
        self.hold(step, outcome).with_context(|| step.says.clone())
    }

    fn hold(&mut self, step: &Step, outcome: wishlist_client::Result<Value>) -> Result<()> {
        let answer = match (&step.error, outcome) {
            (Some(refusal), Err(error)) => return refusal.judge(&error),
            (Some(_), Ok(answer)) => bail!("expected an error and not {answer}"),
            (None, outcome) => outcome?,
        };
        match step.answer.as_ref().or(step.items.as_ref()).unwrap_or(&Value::Null) {
            Value::String(any) if any == "any" => {
                ensure!(answer.as_array().is_some_and(|items| !items.is_empty()), "expected items and not {answer}");
            }
            expected => holds(&answer, expected)?,
        }
        for (name, pointer) in &step.keep {
            let kept = answer.pointer(pointer).with_context(|| format!("`{pointer}` is missing of {answer}"))?;
            self.kept.insert(name.clone(), kept.clone());
        }
        Ok(())
    }

    /// The same with what was kept in place of `{name}`: as it is where the text is nothing else.
    fn filled(&self, value: Value) -> Value {
        match value {
            Value::String(mut text) => {
                for (name, kept) in &self.kept {
                    let place = format!("{{{name}}}");
                    if text == place {
                        return kept.clone();
                    }
                    if let Some(kept) = kept.as_str() {
                        text = text.replace(&place, kept);
                    }
                }
                text.into()
            }
            Value::Array(values) => values.into_iter().map(|value| self.filled(value)).collect(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name, self.filled(value))).collect::<Map<_, _>>().into()
            }
            value => value,
        }
    }
}

impl Refusal {
    fn judge(&self, error: &Error) -> Result<()> {
        let told = (format!("{:?}", error.kind()), error.code().unwrap_or_default(), error.status());
        let expected = (self.kind.clone(), self.code.as_str(), Some(self.status));
        ensure!(told == expected, "expected {expected:?} and not {told:?}: {error}");
        ensure!(error.request_id().is_some(), "it has no request id: {error}");
        if let Some(pointers) = &self.pointers {
            let refused: Vec<_> = error.fields().iter().map(|field| field.pointer.clone()).collect();
            ensure!(&refused == pointers, "expected {pointers:?} and not {refused:?}: {error}");
        }
        Ok(())
    }
}

/// Whether an answer has what is expected: of an object the members that are named, of a list each element.
fn holds(answer: &Value, expected: &Value) -> Result<()> {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            for (name, expected) in expected {
                let member = answer.get(name).ok_or_else(|| anyhow!("`{name}` is missing of {answer:?}"))?;
                holds(member, expected).with_context(|| format!("in `{name}`"))?;
            }
            Ok(())
        }
        (Value::Array(answer), Value::Array(expected)) => {
            ensure!(answer.len() == expected.len(), "expected {} elements: {answer:?}", expected.len());
            answer.iter().zip(expected).try_for_each(|(answer, expected)| holds(answer, expected))
        }
        _ => {
            ensure!(answer == expected, "expected {expected} and not {answer}");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_has_to_have_what_is_expected_and_may_have_more() {
        let answer = json!({"name": "Birthday", "tags": ["a", "b"], "more": 1});
        for expected in [json!({}), json!({"name": "Birthday"}), json!({"tags": ["a", "b"]})] {
            holds(&answer, &expected).unwrap();
        }
        for other in [json!({"name": "Easter"}), json!({"tags": ["a"]}), json!({"missing": 1}), json!([]), json!(null)]
        {
            holds(&answer, &other).unwrap_err();
        }
    }

    #[test]
    fn a_step_that_fails_says_which_it_was_and_what_came() {
        let mut play = played(&json!([{"says": "a list is there", "call": "find_wishlist", "answer": {"name": "A"}}]));
        let step = play.next().unwrap().unwrap();
        let told = format!("{:#}", play.judge(&step, Ok(json!({"name": "B"}))).unwrap_err());
        assert_eq!(told, "a list is there: in `name`: expected \"A\" and not \"B\"");
        assert!(play.next().unwrap().is_none() && play.is_empty());
    }

    #[test]
    fn what_was_kept_is_filled_in_as_it_is_or_within_a_text() {
        let mut play = played(&json!([
            {"says": "one", "call": "find_me", "answer": {}, "keep": {"id": "/id", "version": "/version"}},
            {"says": "two", "call": "find_me", "path": {"id": "{id}", "text": "a-{id}"}, "version": "{version}"},
        ]));
        let first = play.next().unwrap().unwrap();
        play.judge(&first, Ok(json!({"id": "x", "version": 3}))).unwrap();
        let second = play.next().unwrap().unwrap();
        assert_eq!(second.version, Some(3));
        assert_eq!(second.given::<String>("id").unwrap(), "x");
        assert_eq!(second.given::<String>("text").unwrap(), "a-x");
        assert!(second.given::<String>("other").is_err());
    }

    fn played(steps: &Value) -> Play {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), json!({ "steps": steps }).to_string()).unwrap();
        Play::read(file.path(), "http://shop").unwrap()
    }
}
