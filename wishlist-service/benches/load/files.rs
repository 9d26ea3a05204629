//! The files that this process may have open, of which each connection is one.

use anyhow::{Context, Result, ensure};

use crate::machine::read;

/// What is open beside the connections that say nothing: those of the calls, and some files.
const OTHERS: u64 = 3000;

/// Fails where so many connections cannot be held, and says what to do.
pub(crate) fn enough_for(connections: usize) -> Result<()> {
    let limits = read("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()).context("no limit of open files")?;
    // `unlimited` is enough.
    let most = soft.parse().unwrap_or(u64::MAX);
    let needed = connections as u64 + OTHERS;
    ensure!(
        most >= needed,
        "{connections} connections need {needed} open files and this shell allows {most}; run `ulimit -n {needed}` first"
    );
    Ok(())
}
