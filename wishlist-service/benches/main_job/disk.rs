//! What the disk takes: below it no acknowledged write can be.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::latencies::Latencies;
use crate::report::Row;

/// A page of the database.
const BYTES: usize = 4096;

const WRITES: usize = 200;

/// A page written behind the others and made durable, as a commit does.
pub(crate) fn rows(directory: &Path) -> Result<Vec<Row>> {
    let mut file = File::create(directory.join("disk"))?;
    let mut times = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let started = Instant::now();
        file.write_all(&[b'w'; BYTES])?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    let times = Latencies::new(times);
    [50, 99].into_iter().map(|percent| Row::percentile("4 KiB written, with fsync", percent, &times, None)).collect()
}
