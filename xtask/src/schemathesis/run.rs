//! What is run, and what is said of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::baseline::Baseline;
use super::stranger;
use super::summary::Summary;
use crate::server::{self, Server};
use crate::{cargo, python};

/// Every package and its version; made by `pip freeze` of an environment with nothing but schemathesis.
const REQUIREMENTS: &str = "xtask/schemathesis/requirements.txt";

/// Where the hooks and the preparation are.
const SCRIPTS: &str = "xtask/schemathesis";

/// The seed of everything that is made up; another may find something else. One worker makes it the same calls again.
const SEED: &str = "20261122";

/// Calls of each operation in the phases that make them up, and walks through the operations.
const EXAMPLES: &str = "12";

/// After which a run is broken off: one that hangs is no run that found nothing.
const MOST: Duration = Duration::from_mins(10);

/// What was made up and sent, and found nothing outside the baseline.
#[derive(Debug)]
pub(crate) struct Fuzzed {
    pub(crate) operations: u64,
    pub(crate) cases: u64,
    /// Reads of what is the owner's that a stranger tried.
    pub(crate) tries: usize,
}

/// The leg.
pub(crate) fn run() -> Result<()> {
    fuzz().map(drop)
}

/// Calls every operation in all phases with all checks, and fails on whatever is found outside the baseline.
pub(crate) fn fuzz() -> Result<Fuzzed> {
    let baseline = Baseline::read()?;
    let directory = python::directory("schemathesis")?;
    let programs = python::ensure(&directory, REQUIREMENTS)?;
    let reports = Reports::make(&directory)?;
    // It visits no private address, so that nothing around this machine is called whatever URLs are made up.
    let server = Server::start(&server::program()?, &directory, &[])?;
    let document = cargo::text(&reports.document)?;
    let preparation = format!("{SCRIPTS}/prepare.py");
    let people = cargo::text(&reports.people)?;
    cargo::output_of(cargo::text(&programs.join("python"))?, &[&preparation, &server.url, document, people])?;
    println!("$ schemathesis run {document} --url {} --seed {SEED} --max-examples {EXAMPLES}", server.url);
    let mut fuzz = cargo::command(programs.join("schemathesis"));
    // It keeps what it found beside where it starts, to try that first: in a directory that is emptied, runs stay alike.
    fuzz.current_dir(&reports.directory);
    fuzz.args(["--config-file", cargo::text(&cargo::root().join(SCRIPTS).join("schemathesis.toml"))?])
        .args(["run", document, "--url", &server.url])
        .args(["--phases", "examples,coverage,fuzzing,stateful", "--checks", "all", "--continue-on-failure"])
        .args(["--seed", SEED, "--max-examples", EXAMPLES, "--workers", "1"])
        .args(["--request-timeout", "60", "--max-response-time", "60"])
        .args(["--generation-database", "none", "--no-color", "--report", "json,ndjson,junit"])
        .args(["--report-dir", cargo::text(&reports.directory)?, "--report-json-path", cargo::text(&reports.summary)?])
        .args(["--report-ndjson-path", cargo::text(&reports.calls)?])
        .envs([("SCHEMATHESIS_HOOKS", "hooks"), ("PYTHONDONTWRITEBYTECODE", "1")])
        .env("FUZZED_URL", &server.url)
        .envs([("PYTHONPATH", cargo::root().join(SCRIPTS))])
        .envs([("FUZZED_BASELINE", Baseline::path()), ("FUZZED_MET", reports.met.clone())])
        .envs([("FUZZED_PEOPLE", &reports.people), ("FUZZED_TRIED", &reports.tried)]);
    let status = run_for(&mut fuzz, MOST)?;
    let summary = Summary::read(&reports.summary)?;
    let known = baseline.tell(&reports.met)?;
    println!("{summary}; {known} cases of the {} entries of the baseline; seed {SEED}", baseline.len());
    println!("reports in {}", reports.directory.display());
    summary.check()?;
    let tries = stranger::tries(&reports.calls, &reports.tried, &reports.document)?;
    println!("{tries} reads of what is the owner's were tried by a stranger, who was answered as if it were nowhere");
    ensure!(status.success(), "schemathesis ended with {status}");
    let (operations, cases) = summary.counts()?;
    Ok(Fuzzed { operations, cases, tries })
}

/// Where the findings are written.
struct Reports {
    directory: PathBuf,
    /// What the server says of itself.
    document: PathBuf,
    /// Who calls, and how each is known.
    people: PathBuf,
    /// The whole run in short.
    summary: PathBuf,
    /// Every call and its answer.
    calls: PathBuf,
    /// What the hooks note of the baseline.
    met: PathBuf,
    /// What the hooks asked as the stranger, and the answers.
    tried: PathBuf,
}

impl Reports {
    /// An empty directory for them.
    fn make(directory: &Path) -> Result<Self> {
        let directory = directory.join("report");
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&directory)?;
        let [document, people, summary, calls, met, tried] =
            ["openapi.json", "people.json", "summary.json", "calls.ndjson", "baseline-met.txt", "tried.ndjson"]
                .map(|name| directory.join(name));
        for noted in [&met, &tried] {
            File::create(noted)?;
        }
        Ok(Self { directory, document, people, summary, calls, met, tried })
    }
}

/// Runs a program to its end, or breaks it off.
fn run_for(command: &mut Command, most: Duration) -> Result<ExitStatus> {
    let start = Instant::now();
    let mut process = command.spawn().context("schemathesis does not start")?;
    loop {
        if let Some(status) = process.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > most {
            process.kill()?;
            process.wait()?;
            bail!("schemathesis was broken off after {} s", most.as_secs());
        }
        thread::sleep(Duration::from_millis(200));
    }
}
