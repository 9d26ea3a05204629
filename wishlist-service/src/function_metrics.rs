//! What a function counts, as CloudWatch has it; alarms and dashboards name these.
//!
//! Each combination of dimensions is a metric that is paid for, so a label becomes a dimension only where the table below
//! says so, and what API Gateway and Lambda count by themselves is not counted again.

/// The namespace of all of them in CloudWatch.
pub(crate) const NAMESPACE: &str = "SmartWishlist";

/// The age of a message when the worker takes it, its own delay included.
pub(crate) const QUEUE_AGE: &str = "wishlist_queue_age_seconds";

/// The capacity units that the work of a call used.
pub(crate) const READ_UNITS: &str = "wishlist_table_read_units";
pub(crate) const WRITE_UNITS: &str = "wishlist_table_write_units";

/// The dimension that every metric has: the name of the function that counted.
pub(crate) const FUNCTION: &str = "function";

/// A metric as the program counts it, and what it is in CloudWatch.
pub(crate) struct Metric {
    #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "nothing is counted for CloudWatch without"))]
    pub(crate) counted: &'static str,
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) dimensions: &'static [&'static str],
}

macro_rules! metrics_table {
    ($($counted:expr => $name:literal $unit:literal $dimensions:expr;)*) => {
        &[$(Metric { counted: $counted, name: $name, unit: $unit, dimensions: $dimensions }),*]
    };
}

#[rustfmt::skip]
pub(crate) const METRICS: &[Metric] = metrics_table! {
    "wishlist_visits_total"                     => "Visits"             "Count"        &["outcome", "code"];
    "wishlist_visit_duration_seconds"           => "VisitDuration"      "Seconds"      &[];
    QUEUE_AGE                                   => "QueueAge"           "Seconds"      &[];
    "wishlist_job_runs_total"                   => "JobRuns"            "Count"        &["outcome"];
    "wishlist_sweeps_total"                     => "Sweeps"             "Count"        &["outcome"];
    "wishlist_swept_records_total"              => "SweptRecords"       "Count"        &[];
    "wishlist_http_request_duration_seconds"    => "RequestDuration"    "Seconds"      &[];
    "wishlist_table_errors_total"               => "TableErrors"        "Count"        &["operation", "kind"];
    "wishlist_table_operation_duration_seconds" => "TableDuration"      "Seconds"      &["operation"];
    READ_UNITS                                  => "TableReadUnits"     "Count"        &[];
    WRITE_UNITS                                 => "TableWriteUnits"    "Count"        &[];
    "wishlist_panics_total"                     => "Panics"             "Count"        &[];
};
