//! Every field that a log line may have. `docs/operations.md` has the same table.

/// A field, and what may be in it.
pub(super) struct Field {
    pub(super) name: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "for who reads this table and the runbook's"))]
    pub(super) meaning: &'static str,
}

macro_rules! fields {
    ($($name:literal $meaning:literal;)*) => { &[$(Field { name: $name, meaning: $meaning }),*] };
}

#[rustfmt::skip]
pub(super) const FIELDS: &[Field] = fields! {
    "address"     "where the server listens";
    "asked"       "how many connections were to be taken";
    "aws_request_id" "on AWS, the id of the function's call";
    "causes"      "an error of ours and what is behind it, in fixed words and without anybody's content";
    "code"        "why a visit failed";
    "duration_ms" "how long it took, in milliseconds";
    "file"        "the data file";
    "host"        "of a URL the host, and nothing else";
    "job"         "the id of a background job";
    "location"    "the line of source code that panicked";
    "message"     "what happened, in fixed words";
    "message_id"  "the id that SQS gave to a message";
    "metrics_address" "where operators find `/metrics` and `/ready`";
    "method"      "the request's method";
    "needed_s"    "how long a call of the worker has to be allowed to take, in seconds";
    "outcome"     "what became of a visit";
    "pk"          "the partition key of a record that cannot be read: a kind and ids";
    "purpose"     "what a mail is for whose code is logged, with `--confirm log`";
    "reason"      "why it panicked, where that is a text of the source code";
    "records"     "how many records";
    "request_id"  "the request's id, as its answer has it";
    "route"       "the operation's path as it is declared: ids are not filled in";
    "sent"        "how many messages the sweeper sent";
    "sk"          "the sort key of that record";
    "status"      "the status of the answer";
    "taken"       "how many connections are taken at most";
    "thread"      "the thread that panicked";
    "timeout_s"   "how long a call of the worker may take, in seconds";
    "trace_id"    "on AWS, the trace that the call is part of";
    "user_id"     "of a person the opaque id";
};

/// The names of all fields.
pub(crate) fn log_fields() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

/// Whether a field may be logged with its value.
pub(super) fn is_allowed(name: &str) -> bool {
    FIELDS.iter().any(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runbook_names_every_field() {
        let runbook = include_str!("../../../docs/operations.md");
        for Field { name, meaning } in FIELDS {
            let row = format!("| `{name}` | {meaning} |");
            assert!(runbook.contains(&row), "docs/operations.md lacks the row {row}");
        }
    }
}
