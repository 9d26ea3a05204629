//! A table whose operations are timed and whose failures are counted.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use metrics::{Histogram, histogram};
use tracing::Instrument;
use wishlist_core::table::{Change, Key, Page, Query, Record, Table};
use wishlist_core::{Kind, Result};

const DURATION: &str = "wishlist_table_operation_duration_seconds";
const ERRORS: &str = "wishlist_table_errors_total";

/// A table, measured.
#[derive(Debug)]
pub(crate) struct MeasuredTable {
    table: Arc<dyn Table>,
    get: Histogram,
    query: Histogram,
    commit: Histogram,
}

impl MeasuredTable {
    /// Measures `table` by the recorder of the process, which has to be there already.
    pub(crate) fn over(table: Arc<dyn Table>) -> Self {
        let of = |operation: &'static str| histogram!(DURATION, "operation" => operation);
        Self { table, get: of("get"), query: of("query"), commit: of("commit") }
    }
}

#[async_trait]
impl Table for MeasuredTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        let started = Instant::now();
        let asking = self.table.get(keys).instrument(tracing::info_span!("get", otel.kind = "client"));
        measured("get", &self.get, started, asking.await)
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        let started = Instant::now();
        let asking = self.table.query(query).instrument(tracing::info_span!("query", otel.kind = "client"));
        measured("query", &self.query, started, asking.await)
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let started = Instant::now();
        let asking = self.table.commit(changes).instrument(tracing::info_span!("commit", otel.kind = "client"));
        measured("commit", &self.commit, started, asking.await)
    }
}

fn measured<T>(operation: &'static str, duration: &Histogram, started: Instant, outcome: Result<T>) -> Result<T> {
    duration.record(started.elapsed());
    if let Err(error) = &outcome {
        let kind = match error.kind() {
            Kind::Conflict => "conflict",
            Kind::Unavailable => "unavailable",
            _ => "internal",
        };
        metrics::counter!(ERRORS, "operation" => operation, "kind" => kind).increment(1);
    }
    outcome
}
