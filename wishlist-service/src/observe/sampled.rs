//! What is not counted as it happens but looked up when somebody asks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use metrics::gauge;
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_scraper::LocalQueue;

use super::process;

/// Where the figures come from.
#[derive(Clone, Debug)]
pub(crate) struct Sampled {
    pub(crate) table: Arc<dyn Table>,
    /// Where the records are on this machine.
    pub(crate) file: Option<DataFile>,
    /// Where the queue is in this process.
    pub(crate) queue: Option<LocalQueue>,
}

/// A table and the file that it is in.
#[derive(Clone, Debug)]
pub(crate) struct DataFile {
    pub(crate) table: Arc<EmbeddedTable>,
    pub(crate) path: PathBuf,
}

impl Sampled {
    /// Brings the figures up to date: one query of the index of what is due, and some files of the system.
    pub(super) async fn refresh(&self) {
        process::refresh();
        if let Some(queue) = &self.queue {
            let messages = |state: &'static str, messages: usize| {
                gauge!("wishlist_queue_messages", "state" => state).set(to_float(messages as u64));
            };
            messages("ready", queue.ready());
            messages("delayed", queue.delayed());
        }
        if let Some(file) = &self.file {
            file.refresh().await;
        }
    }
}

impl DataFile {
    async fn refresh(&self) {
        // A table that does not answer keeps its last figures; `/ready` and its errors tell of it.
        if let Ok(backlog) = self.table.backlog().await {
            let records = |state: &'static str, records: u64| {
                gauge!("wishlist_backlog_records", "state" => state).set(to_float(records));
            };
            records("waiting", backlog.waiting - backlog.due);
            records("due", backlog.due);
        }
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        for (part, file) in [("data", self.path.as_path()), ("log", Path::new(&log))] {
            let bytes = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
            gauge!("wishlist_database_bytes", "part" => part).set(to_float(bytes));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, exact up to 2^53")]
pub(super) fn to_float(count: u64) -> f64 {
    count as f64
}
