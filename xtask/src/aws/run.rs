//! What is run against which emulator.

use anyhow::Result;

use super::emulator::{Emulator, MINISTACK, MOTO};
use crate::{cargo, python};

/// Every package and its version; made by `pip freeze` of an environment with nothing but
/// `ministack cryptography moto[server,dynamodb,sqs,cognitoidp]`.
const REQUIREMENTS: &str = "xtask/aws/requirements.txt";

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
        features: "aws",
        tests: "binary(lambda) | test(/^aws::/) | test(/^config::/)",
    },
];

/// Lints every suite, which no other leg builds, and runs it with the addresses of the emulators in its environment.
pub(crate) fn run() -> Result<()> {
    let directory = python::directory("aws")?;
    let programs = python::ensure(&directory, REQUIREMENTS)?;
    let emulators = [&MINISTACK, &MOTO].map(|emulator| Emulator::start(emulator, &programs, &directory)).into_iter();
    let emulators = emulators.collect::<Result<Vec<_>>>()?;
    let variables: Vec<_> =
        emulators.iter().map(|emulator| (emulator.program.variable, emulator.url.as_str())).collect();
    for Suite { package, features, tests } in SUITES {
        let lint =
            ["clippy", "--package", package, "--features", features, "--all-targets", "--", "--deny", "warnings"];
        cargo::run(&lint)?;
        let choice = ["nextest", "run", "--package", package, "--features", features, "--no-fail-fast"];
        cargo::run_with(&[&choice[..], &["--filterset", tests]].concat(), &variables)?;
    }
    Ok(())
}
