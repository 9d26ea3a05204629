//! What the second person was answered, who asks for whatever the first one reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

/// What is foreign is answered as what is nowhere.
const NOWHERE: u16 = 404;

/// A line of the report; those of other events have none of this.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "ScenarioFinished")]
    scenario: Option<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    recorder: Recorder,
}

/// What was called, and what was answered, by the id of a call.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Recorder {
    cases: BTreeMap<String, Case>,
    interactions: BTreeMap<String, Interaction>,
}

#[derive(Deserialize)]
struct Case {
    value: Call,
}

#[derive(Deserialize)]
struct Call {
    method: String,
    path: String,
    auth_identity: Option<String>,
}

#[derive(Deserialize)]
struct Interaction {
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Response {
    status_code: u16,
}

/// A read that the stranger tried.
#[derive(Debug, Deserialize)]
struct Try {
    method: String,
    /// As the document has it: with the names of its ids.
    path: String,
    /// `None` where there was no answer.
    status: Option<u16>,
}

/// Whether there is an id in a path. Without one a call is about whoever makes it: a stranger's own lists are answered.
fn is_by_id(path: &str) -> bool {
    path.contains('{')
}

/// How many reads by an id the stranger tried, by schemathesis' own check (`calls`) and by the hooks (`tried`).
///
/// # Errors
/// Where an operation of the document that reads by an id was never tried, for then the check was not made, and where one was answered
/// otherwise than by 404.
pub(super) fn tries(calls: &Path, tried: &Path, document: &Path) -> Result<usize> {
    let lines = |file: &Path| File::open(file).map(|file| BufReader::new(file).lines());
    let mut tries = Vec::new();
    for line in lines(calls).context("schemathesis wrote no calls")? {
        tries.extend(of_a_line(&line?)?);
    }
    for line in lines(tried).context("the hooks noted nothing")? {
        tries.push(serde_json::from_str(&line?).context("a line of the hooks is of another form")?);
    }
    let document = serde_json::from_reader(File::open(document)?).context("the document is not JSON")?;
    judge(&tries, &reads_by_id(&document)?)
}

/// The paths with an id in them that are read.
fn reads_by_id(document: &Value) -> Result<BTreeSet<String>> {
    let paths = document["paths"].as_object().context("the document has no paths")?;
    let by_id = paths.iter().filter(|(path, item)| is_by_id(path) && item["get"].is_object());
    Ok(by_id.map(|(path, _)| path.clone()).collect())
}

fn of_a_line(line: &str) -> Result<Vec<Try>> {
    let line: Line = serde_json::from_str(line).context("a line of the calls is of another form")?;
    let Recorder { cases, mut interactions } = line.scenario.map(|scenario| scenario.recorder).unwrap_or_default();
    let by_a_stranger = cases.into_iter().filter(|(_, case)| case.value.auth_identity.as_deref() == Some("stranger"));
    let tries = by_a_stranger.map(|(id, Case { value: Call { method, path, .. } })| {
        let answered = interactions.remove(&id).and_then(|interaction| interaction.response);
        Try { method, path, status: answered.map(|response| response.status_code) }
    });
    Ok(tries.collect())
}

fn judge(tries: &[Try], reads: &BTreeSet<String>) -> Result<usize> {
    let tries: Vec<_> = tries.iter().filter(|tried| is_by_id(&tried.path)).collect();
    for Try { method, path, status } in &tries {
        ensure!(*status == Some(NOWHERE), "a stranger's {method} {path} was answered with {status:?}, not {NOWHERE}");
    }
    let tried: BTreeSet<_> = tries.iter().map(|tried| &tried.path).collect();
    let missed: Vec<_> = reads.iter().filter(|path| !tried.contains(path)).cloned().collect();
    ensure!(missed.is_empty() && !reads.is_empty(), "never tried by a stranger: {}", missed.join(", "));
    Ok(tries.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ITEM: &str = "/v1/items/{id}";

    fn scenario(identity: &str, path: &str, status: u16) -> String {
        let case = json!({ "value": { "method": "GET", "path": path, "auth_identity": identity } });
        let interaction = json!({ "response": { "status_code": status } });
        json!({ "ScenarioFinished": { "recorder": { "cases": { "a": case }, "interactions": { "a": interaction } } } })
            .to_string()
    }

    fn judged(lines: &[String], reads: &[&str]) -> Result<usize> {
        let tries: Vec<_> = lines.iter().flat_map(|line| of_a_line(line).unwrap()).collect();
        judge(&tries, &reads.iter().map(|&path| path.to_owned()).collect())
    }

    #[test]
    fn a_stranger_tried_all_and_found_nothing() {
        let other = json!({ "PhaseStarted": {} }).to_string();
        let lines = [other, scenario("owner", ITEM, 200), scenario("stranger", ITEM, 404)];
        assert_eq!(judged(&lines, &[ITEM]).unwrap(), 1);
        let own = scenario("stranger", "/v1/items", 200);
        assert_eq!(judged(&[own, scenario("stranger", ITEM, 404)], &[ITEM]).unwrap(), 1);
    }

    #[test]
    fn one_who_left_a_read_out_or_was_answered_otherwise_is_an_error() {
        let told = |lines: &[String], reads: &[&str]| judged(lines, reads).unwrap_err().to_string();
        assert!(told(&[scenario("owner", ITEM, 200)], &[ITEM]).contains(ITEM));
        let other = "/v1/lists/{id}";
        let missed = told(&[scenario("stranger", ITEM, 404)], &[ITEM, other]);
        assert!(missed.contains(other) && !missed.contains(ITEM), "{missed}");
        assert!(judged(&[], &[]).is_err(), "a document without such reads is another one");
        for status in [200, 403, 500] {
            assert!(judged(&[scenario("stranger", ITEM, status)], &[ITEM]).is_err(), "{status}");
        }
        let unanswered = Try { method: "GET".to_owned(), path: ITEM.to_owned(), status: None };
        assert!(judge(&[unanswered], &BTreeSet::from([ITEM.to_owned()])).is_err());
    }

    #[test]
    fn what_is_read_by_an_id_is_of_the_document() {
        let document = json!({ "paths": { ITEM: { "get": {}, "put": {} }, "/v1/items": { "get": {} }, "/v1/x/{id}": { "put": {} } } });
        assert_eq!(reads_by_id(&document).unwrap(), BTreeSet::from([ITEM.to_owned()]));
    }
}
