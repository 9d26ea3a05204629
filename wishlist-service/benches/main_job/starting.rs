//! From the start of the process to its first answer.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::latencies::Latencies;
use crate::person::{client, health};
use crate::report::Row;
use crate::server::Server;

/// Starts of which the middle one counts.
const STARTS: usize = 10;

/// Starts in directories that are empty, and again over what those left.
pub(crate) async fn rows(directory: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for what in ["start to first answer, empty directory", "start to first answer, existing data"] {
        let mut times = Vec::with_capacity(STARTS);
        for number in 0..STARTS {
            let client = client()?;
            let started = Instant::now();
            let server = Server::start(&directory.join(format!("start{number}")))?;
            health(&client, server.address()).await?;
            times.push(started.elapsed());
        }
        rows.push(Row::percentile(what, 50, &Latencies::new(times), None)?);
    }
    Ok(rows)
}
