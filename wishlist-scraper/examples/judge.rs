//! Judges links by the fetcher's own code, with names resolved from the input.
//!
//! Reads lines `{"id", "url", "dns": {"host": ["ip", …]}}` and answers each with `{"id", "verdict", "reason"}`, the verdict
//! being `allow` where the fetcher would have connected and `block` where it would not; no socket is opened. A name that is
//! not in `dns` resolves to 93.184.215.14. What cannot be read as such a line is a `block` with the reason.
//!
//! ```sh
//! echo '{"id":"1","url":"http://2130706433/"}' | cargo run -p wishlist-scraper --example judge
//! ```
//!
//! On a terminal, with `--report json` or with `--cases FILE`, it plays a file of cases instead, the project's own
//! `tests/cases/addresses.json` without one: links are judged as above, and a `setup` becomes names and a site on loopback. It ends with 1 where a case of
//! level `must` is missed. Cases call the service itself `api.wishlist.example`, unless `--public-url` says otherwise.

#![allow(clippy::unwrap_used, reason = "a site of the cases fails where its surroundings do")]

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/cases/judge/mod.rs"]
mod judge;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use judge::Player;
use peak_alloc::PeakAlloc;
use url::Url;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The name by which files of cases call the service itself.
const OWN_NAME: &str = "api.wishlist.example";

/// Judges links by the fetcher's own code.
#[derive(Parser)]
struct Arguments {
    /// A URL under which the service itself is reached; may be repeated.
    #[arg(long = "public-url", value_name = "URL", env = "WISHLIST_PUBLIC_URL")]
    public_urls: Vec<Url>,
    /// A file of cases to play instead of reading lines; the project's own where no file is named.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = OWN_CASES)]
    cases: Option<PathBuf>,
    /// How the cases are reported.
    #[arg(long, value_enum, default_value = "text")]
    report: Form,
    /// Reads one page by itself, as the cases with an environment of their own ask for.
    #[arg(long, hide = true)]
    alone: bool,
}

/// The project's own table of cases.
const OWN_CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/addresses.json");

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Lines for people.
    Text,
    /// One line of JSON.
    Json,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.alone {
        return judge::alone::read().await.map(|()| ExitCode::SUCCESS);
    }
    let own_names = arguments.public_urls.iter().filter_map(|url| url.host_str().map(str::to_owned)).collect();
    let plays = arguments.report == Form::Json || std::io::stdin().is_terminal();
    if let Some(file) = arguments.cases.or_else(|| plays.then(|| OWN_CASES.into())) {
        return play(&file, own_names, arguments.report).await;
    }
    let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
    judge::lines::judge(input, output, own_names).await.map(|()| ExitCode::SUCCESS)
}

#[allow(clippy::print_stdout, reason = "a report for whoever runs the example")]
async fn play(file: &Path, mut own_names: Vec<String>, form: Form) -> anyhow::Result<ExitCode> {
    if own_names.is_empty() {
        own_names.push(OWN_NAME.to_owned());
    }
    let player = Player::new(own_names, vec!["--alone".into()], MEMORY);
    let report = player.play(judge::cases_of(file)?).await;
    match form {
        Form::Json => println!("proof: {}", serde_json::to_string(&report)?),
        Form::Text => println!("{}\n{}", file.display(), report.lines().join("\n")),
    }
    Ok(if report.held == report.cases { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
