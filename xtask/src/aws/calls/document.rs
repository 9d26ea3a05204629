//! The record as it is checked in: kinds of calls only, in their order, so that no run differs from another.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::call::Call;
use super::recorders::ROLES;
use crate::cargo;

/// Where it is.
pub(crate) const FILE: &str = "infra/src/generated/calls.json";

/// An action, what it is for, and whether it is signed.
pub(super) type Kind = (String, String, bool);

/// What each role asks for, and in which partitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Document(pub(super) BTreeMap<String, BTreeMap<Kind, BTreeSet<String>>>);

impl Document {
    /// Adds calls of a role.
    pub(super) fn add(&mut self, role: &str, calls: &BTreeSet<Call>) {
        let of_role = self.0.entry(role.to_owned()).or_default();
        for call in calls {
            let kind = (call.action.clone(), call.resource.name().to_owned(), call.signed);
            of_role.entry(kind).or_default().extend(call.partition.map(str::to_owned));
        }
    }

    /// Reads what is checked in.
    ///
    /// # Errors
    /// Where it is missing or of another form.
    pub(super) fn read() -> Result<Self> {
        let text = fs::read_to_string(Self::path()).with_context(|| format!("`{FILE}` cannot be read"))?;
        Self::parse(&text).with_context(|| format!("`{FILE}` is not as `cargo xtask record-calls` writes it"))
    }

    pub(super) fn path() -> PathBuf {
        cargo::root().join(FILE)
    }

    fn parse(text: &str) -> Result<Self> {
        let document: BTreeMap<String, Vec<Value>> = serde_json::from_str(text)?;
        let mut read = Self::default();
        for (role, calls) in document {
            let of_role = read.0.entry(role).or_default();
            for call in calls {
                let text = |value: &Value| value.as_str().map(str::to_owned).context("a member is no text");
                let kind = (text(&call["action"])?, text(&call["resource"])?, call["signed"].as_bool().unwrap_or(true));
                let partitions = call["partitions"].as_array().into_iter().flatten().map(text);
                of_role.insert(kind, partitions.collect::<Result<_>>()?);
            }
        }
        Ok(read)
    }

    /// As it is checked in: a line a call.
    pub(super) fn text(&self) -> String {
        let none = BTreeMap::new();
        let roles = ROLES.map(|role| {
            let calls = self.0.get(role).unwrap_or(&none).iter();
            let lines: Vec<_> = calls.map(|(kind, partitions)| format!("\n    {}", line(kind, partitions))).collect();
            format!("  {}: [{}{}]", json!(role), lines.join(","), if lines.is_empty() { "" } else { "\n  " })
        });
        format!("{{\n{}\n}}\n", roles.join(",\n"))
    }
}

fn line((action, resource, signed): &Kind, partitions: &BTreeSet<String>) -> String {
    let mut members = vec![("action", json!(action)), ("resource", json!(resource))];
    members.extend((!partitions.is_empty()).then(|| ("partitions", json!(partitions))));
    members.extend((!signed).then_some(("signed", json!(false))));
    let members: Vec<_> = members.into_iter().map(|(name, value)| format!("{}: {value}", json!(name))).collect();
    format!("{{{}}}", members.join(", "))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::call::Resource;
    use super::*;

    pub(in crate::aws::calls) fn call(action: &str, partition: Option<&'static str>) -> Call {
        Call { action: action.to_owned(), resource: Resource::Table, signed: true, partition }
    }

    #[test]
    fn a_document_is_the_same_in_whatever_order_and_however_often_was_asked() {
        let (put, get) = (call("dynamodb:PutItem", Some("USER#")), call("dynamodb:GetItem", Some("PAGE#")));
        let sign_up =
            Call { action: "cognito-idp:SignUp".to_owned(), resource: Resource::Pool, signed: false, partition: None };
        let (mut one, mut other) = (Document::default(), Document::default());
        one.add("worker", &BTreeSet::from([get.clone()]));
        one.add("api", &BTreeSet::from([put.clone(), call("dynamodb:PutItem", Some("JOB#")), sign_up.clone()]));
        for of in [&sign_up, &put, &put, &call("dynamodb:PutItem", Some("JOB#"))] {
            other.add("api", &BTreeSet::from([of.clone()]));
        }
        other.add("worker", &BTreeSet::from([get]));
        assert_eq!(one, other);
        let expected = r#"{
  "api": [
    {"action": "cognito-idp:SignUp", "resource": "pool", "signed": false},
    {"action": "dynamodb:PutItem", "resource": "table", "partitions": ["JOB#","USER#"]}
  ],
  "worker": [
    {"action": "dynamodb:GetItem", "resource": "table", "partitions": ["PAGE#"]}
  ],
  "sweep": [],
  "create-table": []
}
"#;
        assert_eq!(one.text(), expected);
        let mut read = Document::parse(&one.text()).unwrap();
        read.0.retain(|_, calls| !calls.is_empty());
        assert_eq!(read, one);
    }

    #[test]
    fn another_form_is_refused() {
        for text in
            ["", "[]", r#"{"api": 1}"#, r#"{"api": [{"action": "a"}]}"#, r#"{"api": [{"action": 1, "resource": "b"}]}"#]
        {
            assert!(Document::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_checked_in_is_as_it_is_written() {
        assert_eq!(fs::read_to_string(Document::path()).unwrap(), Document::read().unwrap().text());
    }
}
