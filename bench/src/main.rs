//! A backend for comparisons: what AWS answered a program once, answered again from memory, the same every time and at hardly
//! any cost. What is measured then is the program, and not an emulator.

#![forbid(unsafe_code)]

mod message;
mod record;
mod recording;
mod replay;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::message::response;

#[derive(Debug, Parser)]
#[command(name = "canned", about = "Records what AWS answers a program, and answers it again from memory")]
struct Cli {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8199", global = true)]
    listen: SocketAddr,

    /// The keys of the tokens' issuer, as a JSON Web Key Set: the answer to every `GET`.
    #[arg(long, value_name = "FILE", global = true)]
    keys: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Stands between a program and AWS, or an emulator of it, and keeps every answer.
    Record {
        /// The address of what answers.
        #[arg(long, value_name = "ADDRESS")]
        from: SocketAddr,

        /// The file that answers are added to.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Answers what was recorded, and refuses everything else.
    Replay {
        /// The files with the answers.
        #[arg(value_name = "FILE", required = true)]
        recordings: Vec<PathBuf>,
    },
}

fn main() -> Result<()> {
    let Cli { listen, keys, command } = Cli::parse();
    let keys = keys.map(|file| key_set(&file)).transpose()?;
    let listener = TcpListener::bind(listen).with_context(|| format!("`{listen}` cannot be listened on"))?;
    match command {
        Command::Record { from, to } => record::run(&listener, from, &to, keys),
        Command::Replay { recordings } => replay::run(&listener, &recordings, keys),
    }
}

/// The response that has the keys of a file.
fn key_set(file: &Path) -> Result<Vec<u8>> {
    let keys = std::fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    Ok(response(200, "application/json", &keys))
}
