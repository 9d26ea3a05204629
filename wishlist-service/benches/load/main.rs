//! The program under load: `serve` as its own process, called at half of what it answers for a long time, at four times that, and
//! beside thousands of connections that say nothing.
//!
//! `cargo xtask prove load` runs it. It tells what held in one line, `proof: {…}`, with the figures beside. What decides is that no call is
//! lost, that who is refused is told when to come again, and that memory is bounded; how fast the machine is decides nothing.
#![expect(clippy::print_stdout, reason = "a proof is told on standard output")]

mod capacity;
mod crowd;
mod files;
mod lines;
mod load;
mod mix;
mod overload;
mod soak;
mod tally;
mod told;
mod visits;

#[path = "../main_job/latencies.rs"]
mod latencies;
#[expect(dead_code, reason = "`main_job` tells more of the machine")]
#[path = "../main_job/machine.rs"]
mod machine;
#[expect(dead_code, reason = "`main_job` calls at one rate of its own")]
#[path = "../main_job/open_loop.rs"]
mod open_loop;
#[path = "../main_job/page.rs"]
mod page;
#[expect(dead_code, reason = "`main_job` calls more of it")]
#[path = "../main_job/person.rs"]
mod person;
#[expect(dead_code, reason = "`main_job` compares processor times")]
#[path = "../main_job/server.rs"]
mod server;
#[expect(dead_code, reason = "`main_job` has large pages visited too")]
#[path = "../main_job/shop.rs"]
mod shop;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use tempfile::TempDir;

use crate::load::{Depth, Load};

/// Puts the program under load and tells what held.
#[derive(Debug, Parser)]
#[command(name = "load")]
struct Arguments {
    /// A minute in all, in place of a quarter of an hour.
    #[arg(long)]
    quick: bool,

    /// Given by `cargo bench` to every program that it runs.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<ExitCode> {
    let depth = if Arguments::parse().quick { Depth::QUICK } else { Depth::FULL };
    files::enough_for(depth.connections)?;
    // Beside the build rather than in the system's temporary directory, which may be memory, where fsync is free.
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let told = Load::start(directory.path(), depth).await?.run().await?;
    println!("proof: {}", serde_json::to_string(&told)?);
    Ok(if told.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
