//! The emulators together: installed, started, and how tests are told of them.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::emulator::{Emulator, MINISTACK, MOTO};
use crate::python;

/// Every package and its version; made by `pip freeze` of an environment with nothing but
/// `ministack cryptography moto[server,dynamodb,sqs,cognitoidp]`.
const REQUIREMENTS: &str = "xtask/aws/requirements.txt";

/// Emulators that run; they end with the value.
#[derive(Debug)]
pub(crate) struct Emulators {
    /// Where the programs of their environment are, Python among them.
    pub(super) programs: PathBuf,
    running: Vec<Emulator>,
}

impl Emulators {
    /// Starts the one that has DynamoDB, SQS and Cognito.
    pub(crate) fn ministack() -> Result<Self> {
        let directory = python::directory("aws")?;
        let programs = python::ensure(&directory, REQUIREMENTS)?;
        let running = vec![Emulator::start(&MINISTACK, &programs, &directory)?];
        Ok(Self { programs, running })
    }

    /// Starts that one, and the second opinion on Cognito.
    pub(super) fn all() -> Result<Self> {
        let mut emulators = Self::ministack()?;
        emulators.running.push(Emulator::start(&MOTO, &emulators.programs, &python::directory("aws")?)?);
        Ok(emulators)
    }

    /// Where the one answers that has everything.
    pub(super) fn endpoint(&self) -> Result<&str> {
        self.running.first().map(|emulator| emulator.url.as_str()).context("no emulator runs")
    }

    /// The variables by which tests are told their addresses.
    pub(crate) fn variables(&self) -> Vec<(&'static str, &str)> {
        self.running.iter().map(|emulator| (emulator.program.variable, emulator.url.as_str())).collect()
    }
}
