//! The main job, measured from outside: `serve` as its own process, called over HTTP, visiting a shop on loopback.
//!
//! `cargo xtask bench` runs it; `docs/benchmarks.md` says what each figure means. It reports and judges nothing: the exit
//! status says only whether everything could be measured.
#![expect(clippy::print_stdout, reason = "a report is printed on standard output")]

mod against;
mod disk;
mod latencies;
mod machine;
mod measure;
mod open_loop;
mod page;
mod person;
mod report;
mod server;
mod shop;
mod starting;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use tempfile::TempDir;

use crate::machine::Machine;
use crate::measure::Bench;
use crate::report::Report;

/// Measures what a person meets: adding, listing, waiting for the page, starting; and the memory that it takes.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// For how many seconds items are added and listed.
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u16).range(1..=120))]
    seconds: u16,

    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Only the main paths, beside those of this program, which both are called in turns: an earlier build, for example.
    #[arg(long, value_name = "PROGRAM")]
    against: Option<PathBuf>,

    /// Given by `cargo bench` to every program that it runs.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Two threads for all calls: the caller must not be what is slow, nor take what the server needs.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut report = Report::new(Machine::now()?);
    // Beside the build rather than in the system's temporary directory, which may be memory, where fsync is free.
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    match &arguments.against {
        Some(other) => {
            report.add("both programs", against::rows(other, directory.path(), arguments.seconds).await);
        }
        None => measure(&mut report, directory.path(), arguments.seconds).await?,
    }
    report.end(Machine::now()?);
    println!("{report}");
    if let Some(file) = &arguments.json {
        std::fs::write(file, report.json()?).with_context(|| format!("`{}` cannot be written", file.display()))?;
    }
    Ok(if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What there is to say of one program.
async fn measure(report: &mut Report, directory: &Path, seconds: u16) -> Result<()> {
    report.add("the disk", disk::rows(directory));
    report.add("starting", starting::rows(directory).await);
    let mut bench = Bench::open(&directory.join("bench"), seconds).await?;
    report.add("idle memory", Ok(bench.idle_memory()));
    report.add("add_item", bench.add_item().await);
    report.add("list_items", bench.list_items().await);
    report.add("a full list", bench.full_list().await);
    report.add("a batch of twenty", bench.batch().await);
    report.add("a hundred large pages", bench.large_pages().await);
    Ok(())
}
