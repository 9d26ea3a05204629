#![doc = include_str!("../README.md")]

mod config;
mod extract;
mod generate;
mod sample_shop;
mod serve;
mod server;
mod telemetry;
mod try_out;

use std::process::ExitCode;

use clap::Parser;

use crate::config::{Cli, Command};

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(settings) => serve::run(settings),
        Command::Try(settings) => try_out::run(settings),
        Command::Extract(settings) => extract::run(&settings),
        Command::Generate { document } => generate::run(document),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            telemetry::report(&error);
            ExitCode::FAILURE
        }
    }
}
