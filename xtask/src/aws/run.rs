//! What is run against which emulator.

use std::path::Path;

use anyhow::Result;

use super::calls::{Document, Recorders, Replies, compare};
use super::{Emulators, example};
use crate::bindings::{self, Ground};
use crate::{cargo, python};

/// A package, the features that its part of AWS is behind, and which of its tests need an emulator.
struct Suite {
    package: &'static str,
    features: &'static str,
    tests: &'static str,
}

/// All suites. What is not named here is the same whichever features are chosen, and has its leg.
const SUITES: &[Suite] = &[
    Suite {
        package: "wishlist-core",
        features: "dynamodb",
        tests: "test(/^operations::/) | test(/^table::dynamodb::/)",
    },
    Suite { package: "wishlist-identity", features: "cognito-tests", tests: "binary(cognito)" },
    Suite {
        package: "wishlist-service",
        features: "aws-tests,otel",
        tests: "binary(lambda) | test(/^aws::/) | test(/^config::/) | test(/^dynamo::/) | test(/^telemetry::/) | test(/^tracing::/)",
    },
];

/// Lints every suite, which no other leg builds, and runs it with the addresses of the emulators in its environment; then runs
/// the example of a deployment, and the clients against it.
pub(crate) fn run() -> Result<()> {
    let emulators = Emulators::all()?;
    for Suite { package, features, tests } in SUITES {
        let lint =
            ["clippy", "--package", package, "--features", features, "--all-targets", "--", "--deny", "warnings"];
        cargo::run(&lint)?;
        let choice = ["nextest", "run", "--package", package, "--features", features, "--no-fail-fast"];
        cargo::run_with(&[&choice[..], &["--filterset", tests]].concat(), &emulators.variables())?;
    }
    let program = example::program()?;
    let mut asked = Document::default();
    example::run(&emulators, &program, &mut asked)?;
    play(&emulators, &program, &mut asked, bindings::play)?;
    compare(&asked)
}

/// Has the scenario played against the three functions, and adds what each role asked for.
pub(super) fn play(
    emulators: &Emulators,
    program: &Path,
    asked: &mut Document,
    plays: impl FnOnce(&Ground) -> Result<()>,
) -> Result<()> {
    let python = emulators.programs.join("python");
    let recorders = Recorders::start(emulators.endpoint()?, Replies::Whole)?;
    let more = recorders.arguments();
    let ground = Ground::on_aws(program, emulators.endpoint()?, &more, &python, &python::directory("aws")?)?;
    plays(&ground)?;
    recorders.add_to(asked)
}
