//! The project's own commands: `cargo xtask check | test | generate | record-calls | package | prove | bench | simulate`. One command
//! a file.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command talks on its standard output")]

mod aws;
mod bench;
mod bindings;
mod browser;
mod cargo;
mod check;
mod directory;
mod examples;
mod generate;
mod image;
mod infra;
mod leg;
mod node;
mod package;
mod prove;
mod python;
mod schemathesis;
mod server;
mod simulate;
mod system;
mod test;
mod tool;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Everything that reads the source and runs none of it: format, edges, house rules, lints, docs, licences.
    Check(check::Arguments),
    /// The test command: installs what it needs, then checks, tests, documentation tests and examples.
    Test(test::Arguments),
    /// Writes everything that is derived from the source.
    Generate(generate::Arguments),
    /// Writes what each role of the program asks of AWS, as emulators of it are asked.
    RecordCalls,
    /// What is shipped: zip and image of the functions, crates, wheel and npm packages.
    Package(package::Arguments),
    /// Measures the main job and prints one table; judges nothing.
    Bench(bench::Arguments),
    /// The promises of `SECURITY.md` under hostile inputs, faults and load, as one table.
    Prove(prove::Arguments),
    /// A day of visits at a hundred million users, as `docs/scaling.md` has it.
    Simulate(simulate::Arguments),
}

fn main() -> Result<ExitCode> {
    match Command::parse() {
        Command::Check(arguments) => Ok(arguments.run()),
        Command::Test(arguments) => Ok(arguments.run()),
        Command::Generate(arguments) => arguments.run().map(|()| ExitCode::SUCCESS),
        Command::RecordCalls => aws::record_calls().map(|()| ExitCode::SUCCESS),
        Command::Package(arguments) => arguments.run().map(|()| ExitCode::SUCCESS),
        Command::Bench(arguments) => arguments.run().map(|()| ExitCode::SUCCESS),
        Command::Prove(arguments) => arguments.run(),
        Command::Simulate(arguments) => {
            arguments.run();
            Ok(ExitCode::SUCCESS)
        }
    }
}
