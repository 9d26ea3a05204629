//! `check`: is the file whole, and do its records go together?

use std::fs::metadata;
use std::io::Write;
use std::path::PathBuf;
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
    #[serde(flatten)]
    report: Report,
}

pub(crate) fn run(settings: &CheckSettings) -> ExitCode {
    let looked = look(settings).and_then(|findings| {
        let text = if settings.json { json(&findings)? } else { lines(&findings) };
        std::io::stdout().lock().write_all(text.as_bytes())?;
        Ok(findings.integrity.is_empty() && findings.report.is_clean())
    });
    match looked {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WRONG),
        Err(error) => {
            telemetry::report(&error);
            ExitCode::from(COULD_NOT_LOOK)
        }
    }
}

fn look(settings: &CheckSettings) -> Result<Findings> {
    // A backup is looked at as of when it was written: everything in it would be late otherwise.
    let (file, now) = match &settings.backup {
        Some(backup) => (backup.clone(), written_at(backup)?),
        None => (settings.data.file(), SystemClock.now()),
    };
    let opened = TableFile::open(&file).context("could not look")?;
    let integrity = opened.integrity().context("could not look")?;
    // Records of a damaged file say nothing: what is missing may be what cannot be read.
    let report = if integrity.is_empty() { opened.check(now, CHECK_RULES)? } else { Report::default() };
    Ok(Findings { schema: opened.schema(), file, integrity, report })
}

fn written_at(file: &PathBuf) -> Result<Timestamp> {
    let unreadable = || format!("could not look: `{}` cannot be read; name a backup", file.display());
    let modified = metadata(file).and_then(|metadata| metadata.modified()).with_context(unreadable)?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Timestamp::from_millis(0) + since)
}

fn json(findings: &Findings) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(findings)?))
}

/// A line each thing that is wrong, and one about the whole.
fn lines(findings: &Findings) -> String {
    let Findings { file, schema, integrity, report } = findings;
    let mut lines: Vec<String> = integrity.iter().map(|fault| format!("file: {fault}")).collect();
    lines.extend(report.violations.iter().map(ToString::to_string));
    let untold = report.found - u64::try_from(report.violations.len()).unwrap_or(report.found);
    if untold > 0 {
        lines.push(format!("and {untold} more"));
    }
    let sum = |counts: &mut dyn Iterator<Item = &u64>| counts.sum::<u64>();
    let (known, unknown) = (sum(&mut report.records.values()), sum(&mut report.unknown.values()));
    let verdict = if integrity.is_empty() && report.is_clean() { "clean" } else { "not clean" };
    lines.push(format!(
        "`{}`: {verdict}; schema {schema}, {known} records, {} violations, {} faults of the file, {unknown} records of unknown kinds, {} not checked, {} expired",
        file.display(),
        report.found,
        integrity.len(),
        report.unchecked,
        report.expired
    ));
    format!("{}\n", lines.join("\n"))
}
