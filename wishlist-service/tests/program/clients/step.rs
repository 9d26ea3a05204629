//! A scenario that is data: one call a step, with what is expected of it.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wishlist_client::{Error, ErrorKind};

/// One call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// What it shows.
    pub(super) says: String,
    /// Who calls.
    #[serde(rename = "as")]
    pub(super) who: Option<String>,
    /// The operation.
    pub(super) call: String,
    #[serde(default)]
    path: Map<String, Value>,
    #[serde(default)]
    query: Map<String, Value>,
    #[serde(default)]
    body: Value,
    /// An `Idempotency-Key` of its own.
    pub(super) key: Option<String>,
    /// The version that the record must have.
    pub(super) version: Option<i64>,
    /// Whether all pages are walked.
    #[serde(default)]
    pub(super) pages: bool,
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
    pub(super) fn given<T: DeserializeOwned>(&self, name: &str) -> T {
        self.chosen(name).unwrap_or_else(|| panic!("{}: `{name}` is missing", self.says))
    }

    /// A parameter that need not be there.
    pub(super) fn chosen<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let value = self.path.get(name).or_else(|| self.query.get(name))?;
        Some(self.typed(value))
    }

    pub(super) fn body<T: DeserializeOwned>(&self) -> T {
        self.typed(&self.body)
    }

    fn typed<T: DeserializeOwned>(&self, value: &Value) -> T {
        serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{}: `{value}`: {e}", self.says))
    }
}

/// A typed answer as the JSON that it came from.
pub(super) fn told(answer: impl Serialize) -> wishlist_client::Result<Value> {
    serde_json::to_value(answer).map_err(|e| Error::new(ErrorKind::InvalidAnswer, "it is no JSON").caused_by(e))
}

/// A scenario on its way.
pub(super) struct Play {
    steps: std::vec::IntoIter<Value>,
    kept: BTreeMap<String, Value>,
}

impl Play {
    /// From its beginning, where the pages of the shop are at this address.
    pub(super) fn new(shop: &str) -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../bindings/scenario.json");
        let mut scenario: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let Value::Array(steps) = scenario["steps"].take() else { panic!("`{file}` has no steps") };
        Self { steps: steps.into_iter(), kept: BTreeMap::from([("shop".to_owned(), shop.into())]) }
    }

    /// Everybody who calls.
    pub(super) fn people(&self) -> Vec<String> {
        let mut names: Vec<_> = self.steps.as_slice().iter().filter_map(|step| step["as"].as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The next call.
    pub(super) fn next(&mut self) -> Option<Step> {
        let step = self.steps.next()?;
        let step = self.filled(step);
        Some(serde_json::from_value(step.clone()).unwrap_or_else(|e| panic!("{step}: {e}")))
    }

    /// Holds what came of a call against what is expected.
    pub(super) fn judge(&mut self, step: &Step, outcome: wishlist_client::Result<Value>) {
        let says = &step.says;
        match (&step.error, outcome) {
            (Some(refusal), Err(error)) => refusal.judge(says, &error),
            (Some(_), Ok(answer)) => panic!("{says}: expected an error and not {answer}"),
            (None, Err(error)) => panic!("{says}: {error}"),
            (None, Ok(answer)) => {
                let none = Value::Null;
                match step.answer.as_ref().or(step.items.as_ref()).unwrap_or(&none) {
                    Value::String(any) if any == "any" => assert!(!answer.as_array().unwrap().is_empty(), "{says}"),
                    expected => holds(&answer, expected, says),
                }
                for (name, pointer) in &step.keep {
                    self.kept.insert(name.clone(), answer.pointer(pointer).unwrap().clone());
                }
            }
        }
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
                    if text.contains(&place) {
                        text = text.replace(&place, kept.as_str().unwrap());
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
    fn judge(&self, says: &str, error: &Error) {
        let told =
            (format!("{:?}", error.kind()), error.code().unwrap_or_default(), error.status().unwrap_or_default());
        assert_eq!(told, (self.kind.clone(), self.code.as_str(), self.status), "{says}: {error}");
        assert!(error.request_id().is_some(), "{says}: {error}");
        if let Some(pointers) = &self.pointers {
            let refused: Vec<_> = error.fields().iter().map(|field| field.pointer.clone()).collect();
            assert_eq!(&refused, pointers, "{says}: {error}");
        }
    }
}

/// Whether an answer has what is expected: of an object the members that are named, of a list each element.
fn holds(answer: &Value, expected: &Value, says: &str) {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            for (name, expected) in expected {
                let member = answer.get(name).unwrap_or_else(|| panic!("{says}: `{name}` is missing of {answer:?}"));
                holds(member, expected, says);
            }
        }
        (Value::Array(answer), Value::Array(expected)) => {
            assert_eq!(answer.len(), expected.len(), "{says}: {answer:?}");
            for (answer, expected) in answer.iter().zip(expected) {
                holds(answer, expected, says);
            }
        }
        _ => assert_eq!(answer, expected, "{says}"),
    }
}
