#![doc = include_str!("../README.md")]

#[cfg(feature = "aws")]
mod aws;
mod config;
mod confirming;
mod cost_ledger;
mod data;
mod extract;
mod fetching;
mod function_limits;
mod function_metrics;
mod generate;
mod http;
mod infrastructure;
mod memory;
mod observe;
mod open_files;
mod pulse;
mod roles;
mod sample_shop;
mod serve;
mod server;
mod smtp;
mod standing;
mod telemetry;
mod try_out;

use std::process::ExitCode;

use crate::config::{Cli, Command};

/// What a shell reports for a program that SIGPIPE ended: 128 and the signal's number.
const BROKEN_PIPE: u8 = 128 + 13;

fn main() -> ExitCode {
    memory::give_back_large_blocks();
    let outcome = match Cli::parse_with_handler().command {
        Command::Serve(settings) => serve::run(settings),
        Command::Try(settings) => try_out::run(settings),
        Command::Backup(settings) => data::backup(settings),
        Command::Restore(settings) => data::restore(settings),
        Command::Check(settings) => return data::check(&settings),
        Command::Extract(settings) => extract::run(&settings),
        Command::Api(settings) => roles::api(settings),
        Command::Worker(settings) => roles::worker(&settings),
        Command::Sweep(settings) => roles::sweep(&settings),
        Command::CreateTable(settings) => roles::create_table(&settings),
        Command::Generate { document } => generate::run(document),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads our output has seen enough, as `| head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            telemetry::report(&error);
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let of =
        |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    error.chain().any(|cause| of(cause) == Some(std::io::ErrorKind::BrokenPipe))
}
