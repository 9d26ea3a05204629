//! What is run against which emulator.

use std::path::Path;

use anyhow::Result;

use super::calls::{Document, Recorders, Replies, compare};
use super::{Emulators, example};
use crate::bindings::{self, Ground};
use crate::{cargo, python};

/// Chooses the packages that have a part for AWS, with the features that it is behind. All builds with that part choose this, so that
/// each dependency is built once.
pub(crate) const CHOSEN: [&str; 8] = [
    "--package",
    "wishlist-core",
    "--package",
    "wishlist-identity",
    "--package",
    "wishlist-service",
    "--features",
    "wishlist-core/dynamodb,wishlist-identity/cognito-tests,wishlist-service/aws-tests,wishlist-service/otel",
];

/// The tests of each package that need an emulator, or are of that part. All others are the same whichever features are chosen, and have
/// their leg.
const TESTS: &str = "\
    (package(wishlist-core) & (test(/^operations::/) | test(/^table::dynamodb::/))) \
    | (package(wishlist-identity) & binary(cognito)) \
    | (package(wishlist-service) & (binary(lambda) | test(/^(aws|config|dynamo|telemetry|tracing)::/)))";

/// Lints that part, which no other leg builds, and runs its tests with the addresses of the emulators in their environment; then runs the
/// example of a deployment, and the clients against it.
pub(crate) fn run() -> Result<()> {
    let emulators = Emulators::all()?;
    cargo::run(&[&["clippy", "--all-targets"], &CHOSEN[..], &["--", "--deny", "warnings"]].concat())?;
    let tests = [&["nextest", "run", "--no-fail-fast", "--filterset", TESTS], &CHOSEN[..]].concat();
    cargo::run_with(&tests, &emulators.variables())?;
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
