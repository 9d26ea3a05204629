//! `scenario-rust FILE --shop URL [--server URL [--code CODE]]`: plays the file twice, by calls that are awaited and by calls that
//! wait; with a server where one is named, else within the process.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command talks on its standard output")]

use std::path::PathBuf;
use std::thread;

use anyhow::{Context as _, Result, anyhow};
use clap::Parser;
use scenario_rust::{Place, Play};

/// Plays a scenario with the Rust client, awaited and waited for.
#[derive(Debug, Parser)]
struct Arguments {
    /// The scenario: its calls, and what is expected of each.
    file: PathBuf,
    /// Where the pages of the shop are.
    #[arg(long, value_name = "URL")]
    shop: String,
    /// The server to play with; without one the engine runs within this process.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The code of every mail of that server, where addresses are confirmed by one.
    #[arg(long, requires = "server")]
    code: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Arguments { file, shop, server, code } = Arguments::parse();
    let (first, second) = (Play::read(&file, &shop)?, Play::read(&file, &shop)?);
    let steps = first.len();
    let place = server.map(|url| Place { url, code });
    match &place {
        Some(place) => scenario_rust::awaited_with(place, first).await?,
        None => scenario_rust::awaited_within(first).await?,
    }
    println!("{steps} steps, awaited");
    // A client whose calls wait has a runtime of its own, which cannot be made within another.
    let played = thread::spawn(move || match &place {
        Some(place) => scenario_rust::waited_for_with(place, second),
        None => scenario_rust::waited_for_within(second),
    });
    let played = tokio::task::spawn_blocking(|| played.join()).await.context("the thread was not waited for")?;
    played.map_err(|_| anyhow!("the thread of the calls that wait panicked"))??;
    println!("{steps} steps, waited for");
    Ok(())
}
