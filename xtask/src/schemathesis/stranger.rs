//! What the second person was answered, who asks for whatever the first one reads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

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

/// How many reads the stranger tried.
///
/// # Errors
/// Where there was none, for then the check was not made, and where one was answered otherwise than by 404.
pub(super) fn tries(calls: &Path) -> Result<usize> {
    let calls = File::open(calls).context("schemathesis wrote no calls")?;
    count(BufReader::new(calls))
}

fn count(lines: impl BufRead) -> Result<usize> {
    let mut tries = 0;
    for line in lines.lines() {
        let line: Line = serde_json::from_str(&line?).context("a line of the calls is of another form")?;
        let Recorder { cases, mut interactions } = line.scenario.map(|scenario| scenario.recorder).unwrap_or_default();
        for (id, Case { value }) in cases {
            if value.auth_identity.as_deref() != Some("stranger") {
                continue;
            }
            let answered = interactions.remove(&id).and_then(|interaction| interaction.response);
            let status = answered.map(|response| response.status_code);
            let Call { method, path, .. } = value;
            ensure!(
                status == Some(NOWHERE),
                "a stranger's {method} {path} was answered with {status:?}, not {NOWHERE}"
            );
            tries += 1;
        }
    }
    ensure!(tries > 0, "nothing was tried by a stranger: `object_level_authorization` did not run");
    Ok(tries)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scenario(identity: &str, status: u16) -> String {
        let case = json!({ "value": { "method": "GET", "path": "/v1/me", "auth_identity": identity } });
        let interaction = json!({ "response": { "status_code": status } });
        json!({ "ScenarioFinished": { "recorder": { "cases": { "a": case }, "interactions": { "a": interaction } } } })
            .to_string()
    }

    fn counted(lines: &[String]) -> Result<usize> {
        count(lines.join("\n").as_bytes())
    }

    #[test]
    fn a_stranger_tried_and_found_nothing() {
        let other = json!({ "PhaseStarted": {} }).to_string();
        assert_eq!(counted(&[other, scenario("owner", 200), scenario("stranger", 404)]).unwrap(), 1);
    }

    #[test]
    fn one_who_did_not_try_or_was_answered_otherwise_is_an_error() {
        assert!(counted(&[scenario("owner", 200)]).unwrap_err().to_string().contains("did not run"));
        for status in [200, 403, 500] {
            assert!(counted(&[scenario("stranger", status)]).is_err(), "{status}");
        }
    }
}
