//! `check`: is the file whole, and do its records go together?

use std::fs::metadata;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;
use wishlist_core::check::Report;
use wishlist_core::clock::{Clock, SystemClock, Timestamp};
use wishlist_core::table::TableFile;
use wishlist_identity::local::CHECK_RULES;

use crate::config::CheckSettings;
use crate::telemetry;

/// Something is wrong with the data.
const WRONG: u8 = 1;

/// Nothing can be said about the data.
const COULD_NOT_LOOK: u8 = 2;

/// What there is to say about a file.
#[derive(Serialize)]
struct Findings {
    file: PathBuf,
    schema: usize,
    /// What SQLite finds wrong.
    integrity: Vec<String>,
    /// What is in it that is not of its schema.
    foreign: Vec<String>,
    /// What its schema has and it has not.
    lacking: Vec<String>,
    #[serde(flatten)]
    report: Report,
}

impl Findings {
    fn are_clean(&self) -> bool {
        [&self.integrity, &self.foreign, &self.lacking].iter().all(|faults| faults.is_empty()) && self.report.is_clean()
    }
}

/// Why there is nothing to say about a file.
#[derive(Serialize)]
struct Failure<'a> {
    file: &'a Path,
    error: String,
}

pub(crate) fn run(settings: &CheckSettings) -> ExitCode {
    let file = settings.backup.clone().unwrap_or_else(|| settings.data.file());
    let looked = look(settings, file.clone()).context("could not look").and_then(|findings| {
        print(&if settings.json { json(&findings)? } else { lines(&findings) })?;
        Ok(findings.are_clean())
    });
    match looked {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WRONG),
        Err(error) => {
            let failure = Failure { file: &file, error: format!("{error:#}") };
            // Where standard output is closed, somebody may still read the other one.
            if !settings.json || json(&failure).and_then(|document| print(&document)).is_err() {
                telemetry::report(&error);
            }
            ExitCode::from(COULD_NOT_LOOK)
        }
    }
}

fn look(settings: &CheckSettings, file: PathBuf) -> Result<Findings> {
    let opened = TableFile::open(&file)?;
    // A backup is looked at as of when it was written: everything in it would be late otherwise.
    let now = if settings.backup.is_some() { written_at(&file)? } else { SystemClock.now() };
    let integrity = opened.integrity()?;
    let (foreign, lacking) = (opened.foreign()?, opened.lacking()?);
    // Records of a damaged file say nothing: what is missing may be what cannot be read.
    let readable = integrity.is_empty() && lacking.is_empty();
    let report = if readable { opened.check(now, CHECK_RULES)? } else { Report::default() };
    Ok(Findings { schema: opened.schema(), file, integrity, foreign, lacking, report })
}

fn written_at(file: &Path) -> Result<Timestamp> {
    let since = metadata(file)?.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp::from_millis(0) + since)
}

fn print(text: &str) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}

fn json(document: &impl Serialize) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document)?))
}

/// A line each thing that is wrong, and one about the whole.
fn lines(findings: &Findings) -> String {
    let Findings { file, schema, integrity, foreign, lacking, report } = findings;
    let mut lines: Vec<String> = integrity.iter().map(|fault| format!("file: {fault}")).collect();
    lines.extend(foreign.iter().chain(lacking).map(|fault| format!("schema: {fault}")));
    lines.extend(report.violations.iter().map(ToString::to_string));
    let untold = report.found - u64::try_from(report.violations.len()).unwrap_or(report.found);
    if untold > 0 {
        lines.push(format!("and {untold} more"));
    }
    let sum = |counts: &mut dyn Iterator<Item = &u64>| counts.sum::<u64>();
    let (known, unknown) = (sum(&mut report.records.values()), sum(&mut report.unknown.values()));
    let verdict = if findings.are_clean() { "clean" } else { "not clean" };
    lines.push(format!(
        "`{}`: {verdict}; schema {schema}, {known} records, {} violations, {} faults of the file, {} of its schema, {unknown} records of unknown kinds, {} not checked, {} expired",
        file.display(),
        report.found,
        integrity.len(),
        foreign.len() + lacking.len(),
        report.unchecked,
        report.expired
    ));
    format!("{}\n", lines.join("\n"))
}
