//! The recorder, and every metric with what it is.

use anyhow::Result;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The bounds of a request's buckets in seconds: a read takes 0.2 ms, a sign-in 30, a call that waits for a visit up to 20,000.
const REQUEST: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0];

/// The bounds of a table operation's buckets: a get takes 5 µs, a commit what the disk takes to flush.
const TABLE: &[f64] = &[0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0];

/// The bounds of a visit's buckets; the last is the deadline of a fetch.
const VISIT: &[f64] = &[0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0];

#[derive(Clone, Copy)]
enum Sort {
    Counter,
    Gauge,
    Histogram(&'static [f64]),
}

/// A metric.
struct Metric {
    name: &'static str,
    sort: Sort,
    help: &'static str,
}

macro_rules! metrics_table {
    ($($name:literal $sort:expr, $help:literal;)*) => { &[$(Metric { name: $name, sort: $sort, help: $help }),*] };
}

/// Every metric; those that begin with `process_` have the names and meanings of Prometheus' own clients.
#[rustfmt::skip]
const METRICS: &[Metric] = metrics_table! {
    "wishlist_build_info"                     Sort::Gauge,              "always 1; its label is the version";
    "wishlist_http_requests_total"            Sort::Counter,            "requests by method, route and status";
    "wishlist_http_request_duration_seconds"  Sort::Histogram(REQUEST), "time to answer, by method and route";
    "wishlist_http_requests_in_flight"        Sort::Gauge,              "requests that are being answered";
    "wishlist_http_requests_refused_total"    Sort::Counter,            "requests refused because they would have waited for too long";
    "wishlist_connections_given_up_total"     Sort::Counter,            "connections given up for others: their peers sent or read nothing";
    "wishlist_table_operation_duration_seconds" Sort::Histogram(TABLE), "time of a get, query or commit, waiting included";
    "wishlist_table_errors_total"             Sort::Counter,            "operations of the table that failed, by operation and kind; a `conflict` is a lost race";
    "wishlist_visits_total"                   Sort::Counter,            "visits of pages by outcome and, where one failed, code";
    "wishlist_visit_duration_seconds"         Sort::Histogram(VISIT),   "time of a visit by outcome";
    "wishlist_job_runs_total"                 Sort::Counter,            "runs of background jobs by outcome";
    "wishlist_sweeps_total"                   Sort::Counter,            "looks for what is due, by outcome";
    "wishlist_swept_records_total"            Sort::Counter,            "records that were found due: their message was lost or waits";
    "wishlist_purged_records_total"           Sort::Counter,            "expired records that were removed";
    "wishlist_panics_total"                   Sort::Counter,            "panics: faults of the program";
    "wishlist_queue_messages"                 Sort::Gauge,              "messages in this process by state: `ready`, or `delayed` until their time";
    "wishlist_backlog_records"                Sort::Gauge,              "records with background work by state: `waiting` for their time, or `due` now";
    "wishlist_database_bytes"                 Sort::Gauge,              "bytes of the data file and of its log";
    "process_cpu_seconds_total"               Sort::Gauge,              "user and system CPU time spent, in seconds";
    "process_open_fds"                        Sort::Gauge,              "open file descriptors";
    "process_max_fds"                         Sort::Gauge,              "the most file descriptors that may be open";
    "process_resident_memory_bytes"           Sort::Gauge,              "resident memory in bytes";
    "process_start_time_seconds"              Sort::Gauge,              "start of the process since the Unix epoch, in seconds";
};

/// Records what is counted from now on, in all of the process.
pub(super) fn install() -> Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for metric in METRICS {
        if let Sort::Histogram(bounds) = metric.sort {
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)?;
        }
    }
    let handle = builder.install_recorder()?;
    for Metric { name, sort, help } in METRICS {
        match sort {
            Sort::Counter => describe_counter!(*name, *help),
            Sort::Gauge => describe_gauge!(*name, *help),
            Sort::Histogram(_) => describe_histogram!(*name, Unit::Seconds, *help),
        }
    }
    // What is alerted on is there from the start, so that its first rise is one.
    for counter in
        ["wishlist_panics_total", "wishlist_http_requests_refused_total", "wishlist_connections_given_up_total"]
    {
        metrics::counter!(counter).absolute(0);
    }
    for operation in ["get", "query", "commit"] {
        metrics::counter!("wishlist_table_errors_total", "operation" => operation, "kind" => "unavailable").absolute(0);
    }
    metrics::gauge!("wishlist_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runbook_names_every_metric() {
        let runbook = include_str!("../../../docs/operations.md");
        for Metric { name, help, .. } in METRICS {
            let row = format!("| `{name}` | {help} |");
            assert!(runbook.contains(&row), "docs/operations.md lacks a row that begins with {row}");
        }
    }
}
