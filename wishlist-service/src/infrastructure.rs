//! What whoever deploys the program has to know of it, as one JSON document: names and limits, each from where the program
//! itself has it. `cargo xtask generate` makes constants of it.

use serde_json::{Map, Value, json};
use wishlist_core::model::FailureCode;
use wishlist_core::operations::MAX_WAIT;
use wishlist_core::table::{keys, layout};

use crate::config::{self, RoleVariable};
use crate::cost_ledger::prices;
use crate::function_limits::{
    MOST_RECEIVES, SWEEP_ANSWER_MARGIN, SWEEP_EVERY, TIMEOUTS_HIDDEN, whole_seconds, worker_timeout,
};
use crate::function_metrics::{FUNCTION, METRICS, Metric, NAMESPACE};
use crate::telemetry::log_fields;

pub(crate) fn json() -> String {
    let roles: Map<String, Value> =
        config::of_roles().into_iter().map(|(role, variables)| (role.to_owned(), of_role(&variables))).collect();
    let document = json!({
        "table": {
            "partitionKey": layout::PK,
            "sortKey": layout::SK,
            "timeToLive": layout::EXPIRES,
            "index": {
                "name": layout::INDEX,
                "partitionKey": layout::DUE_PK,
                "sortKey": layout::DUE_SK,
                "projection": layout::PROJECTION,
            },
        },
        "partitions": partitions(),
        "roles": roles,
        "pages": [wishlist_api::REFERENCE],
        "limits": {
            "longestWaitSeconds": whole_seconds(MAX_WAIT),
            "workerTimeoutSeconds": worker_timeout(),
            "sweepAnswerSeconds": whole_seconds(SWEEP_ANSWER_MARGIN),
            "sweepEverySeconds": whole_seconds(SWEEP_EVERY),
            "timeoutsHidden": TIMEOUTS_HIDDEN,
            "mostReceives": MOST_RECEIVES,
            "passwordMinLength": wishlist_identity::MIN_PASSWORD_CHARACTERS,
        },
        // In dollars, of US East.
        "prices": {
            "millionReadUnits": prices::MILLION_READ_UNITS,
            "millionWriteUnits": prices::MILLION_WRITE_UNITS,
            "millionMessages": prices::MILLION_MESSAGES,
            "millionCalls": prices::MILLION_CALLS,
            "millionInvocations": prices::MILLION_INVOCATIONS,
            "gigabyteSecond": prices::GB_SECOND,
        },
        "metrics": {
            "namespace": NAMESPACE,
            "dimension": FUNCTION,
            "names": METRICS.iter().map(of_metric).collect::<Map<_, _>>(),
        },
        "logs": {
            "fields": log_fields().collect::<Vec<_>>(),
            // As a line of a visit has it, and so as the metric does.
            "blocked": format!("{:?}", FailureCode::Blocked),
        },
    });
    format!("{document:#}\n")
}

/// How the partition keys of each kind begin, before the value that makes them one.
fn partitions() -> Map<String, Value> {
    let patterns = keys::PATTERNS.iter().chain([&keys::DUE]);
    let prefixes = patterns.filter_map(|pattern| pattern.pk.split_once('{')).map(|(prefix, _)| prefix);
    prefixes.map(|prefix| (prefix.trim_end_matches('#').to_lowercase(), prefix.into())).collect()
}

fn of_role(variables: &[RoleVariable]) -> Value {
    let variable = |of: &RoleVariable| json!({ "name": of.name, "required": of.is_required, "lambda": of.is_lambdas });
    variables.iter().map(variable).collect()
}

fn of_metric(metric: &Metric) -> (String, Value) {
    (metric.name.to_owned(), json!({ "unit": metric.unit, "dimensions": metric.dimensions }))
}
