//! A backend for comparisons: what AWS answered a program once, answered again from memory, the same every time and at hardly
//! any cost. What is measured then is the program, and not an emulator.

mod message;
mod record;
mod recording;
mod replay;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "canned", about = "Records what AWS answers a program, and answers it again from memory")]
struct Cli {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8199", global = true)]
    listen: SocketAddr,

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

        /// A JSON Web Key Set, for every `GET`.
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
}

fn main() -> Result<()> {
    let Cli { listen, command } = Cli::parse();
    let listener = TcpListener::bind(listen).with_context(|| format!("`{listen}` cannot be listened on"))?;
    match command {
        Command::Record { from, to } => record::run(&listener, from, &to),
        Command::Replay { recordings, keys } => replay::run(&listener, &recordings, keys.as_deref()),
    }
}
