//! Shows who may do what: every case of the project's own matrix, or of a file of cases in the same form, by running all that shows it.
//!
//! ```sh
//! cargo run -p wishlist-api --example access -- --report json
//! ```
//!
//! A case whose operation does not exist is told apart. What another crate shows is run there, by `cargo nextest`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a judge ends where it is surprised, as the tests do whose code it runs"
)]

#[path = "../tests/http/access/mod.rs"]
mod access;
#[path = "../tests/http/carrying.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod carrying;
#[path = "../tests/http/contract.rs"]
mod contract;
#[path = "../tests/http/faults.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod faults;
#[path = "../tests/http/forgeries.rs"]
mod forgeries;
#[path = "../tests/http/hostile.rs"]
mod hostile;
#[path = "../tests/http/switched.rs"]
mod switched;
#[path = "../tests/http/world.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod world;

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};

use access::reading::Case;
use access::{Verdict, judge, own_cases};
use serde::Deserialize;
use serde_json::{Value, json};

/// What was asked for.
#[derive(Default)]
struct Arguments {
    cases: Option<String>,
    is_json: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cases {
    Listed(Vec<Case>),
    Within { cases: Vec<Case> },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = arguments();
    if arguments.cases.is_none() && !arguments.is_json {
        println!("nothing was asked for; `--report json` judges our own matrix, `--cases FILE` a file");
        return ExitCode::SUCCESS;
    }
    let cases = arguments.cases.as_deref().map_or_else(own_cases, read);
    // What a case ends in is told of it, not beside it.
    std::panic::set_hook(Box::new(|_| {}));
    let mut judged = Vec::new();
    for case in cases {
        let verdict = judge(&case).await;
        judged.push((case, verdict));
    }
    let _ = std::panic::take_hook();
    by_tests(&mut judged);
    let told = report(&judged);
    if arguments.is_json {
        println!("proof: {told}");
    } else {
        println!("{told:#}");
    }
    if told["cases"] == told["held"] { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn arguments() -> Arguments {
    let (mut read, mut all) = (Arguments::default(), std::env::args().skip(1));
    while let Some(argument) = all.next() {
        match argument.as_str() {
            "--cases" => read.cases = Some(all.next().expect("`--cases` names a file")),
            "--report" => read.is_json = all.next().expect("`--report` is followed by `json`") == "json",
            other => panic!("`{other}` is no argument; there are `--cases FILE` and `--report json`"),
        }
    }
    read
}

fn read(file: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("`{file}`: {error}"));
    match serde_json::from_str(&text).unwrap_or_else(|error| panic!("`{file}` holds no cases: {error}")) {
        Cases::Listed(cases) | Cases::Within { cases } => cases,
    }
}

/// Runs the tests that cases are shown by, all at once, and says of each case whether all of its own passed.
fn by_tests(judged: &mut [(Case, Verdict)]) {
    let named = judged.iter().filter_map(|(_, verdict)| match verdict {
        Verdict::ByTests(tests) => Some(tests.iter().copied()),
        _ => None,
    });
    let names: BTreeSet<_> = named.flatten().collect();
    if names.is_empty() {
        return;
    }
    let passed = passed(&names);
    for (_, verdict) in judged {
        let Verdict::ByTests(tests) = verdict else { continue };
        let missing = tests.iter().find(|name| !passed.contains(**name));
        *verdict = match missing {
            Some(name) => Verdict::Missed(format!("the test `{name}` did not pass or is not there")),
            None => Verdict::Held,
        };
    }
}

/// The tests of the workspace that pass. It is asked as the test command asks, so that nothing is built anew.
fn passed<'a>(names: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let filter: Vec<_> = names.iter().map(|name| format!("test(/(^|::){name}$/)")).collect();
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).args(["nextest", "run", "--workspace"]);
    command.args(["--no-fail-fast", "--status-level", "pass", "--color", "never", "--filterset", &filter.join(" | ")]);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let lines = told.lines().filter(|line| line.trim_start().starts_with("PASS"));
    let ran: Vec<_> = lines.filter_map(|line| line.rsplit([' ', ':']).next()).collect();
    names.iter().copied().filter(|name| ran.contains(name)).collect()
}

fn report(judged: &[(Case, Verdict)]) -> Value {
    let of = |level: &str| {
        let scored =
            judged.iter().filter(move |(case, verdict)| case.level == level && !matches!(verdict, Verdict::NotYet(_)));
        let held = scored.clone().filter(|(_, verdict)| *verdict == Verdict::Held).count();
        (scored.count(), held)
    };
    let (must, strict) = (of("must"), of("strict"));
    let unscored = judged.iter().filter(|(case, _)| !["must", "strict"].contains(&case.level.as_str())).count();
    let not_yet: Vec<_> = judged
        .iter()
        .filter_map(|(case, verdict)| match verdict {
            Verdict::NotYet(feature) => Some(json!({"id": case.id, "reason": format!("no operation has {feature}")})),
            _ => None,
        })
        .collect();
    let missed: Vec<_> = judged
        .iter()
        .filter_map(|(case, verdict)| match verdict {
            Verdict::Missed(why) if case.level == "must" => {
                let got = why.chars().take(600).collect::<String>();
                Some(json!({"id": case.id, "expected": case.expect, "got": got, "why": case.what}))
            }
            _ => None,
        })
        .collect();
    json!({
        "cases": must.0, "held": must.1, "strict": {"cases": strict.0, "held": strict.1}, "unscored": unscored,
        "notYet": not_yet, "missed": missed,
    })
}
