//! What a line says of the call that it belongs to, where a function was called for it.

use std::future::Future;

use serde_json::{Map, Value};

tokio::task_local! {
    static INVOCATION: Invocation;
}

/// The call of a function on AWS, and the trace that it is part of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invocation {
    /// The id of the call, as in the function's own report lines.
    pub(crate) id: String,
    /// The trace header of X-Ray, as `Root=…;Parent=…;Sampled=1`.
    pub(crate) trace: Option<String>,
}

impl Invocation {
    /// Does `work` as part of this call. What is spawned in it is not: it has to be scoped by itself.
    pub(crate) async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        INVOCATION.scope(self, work).await
    }

    /// The trace header of the present call.
    pub(crate) fn present_trace() -> Option<String> {
        INVOCATION.try_with(|invocation| invocation.trace.clone()).ok().flatten()
    }

    /// The fields of a line that is written now.
    pub(super) fn fields() -> Map<String, Value> {
        let fields = INVOCATION.try_with(|Self { id, trace }| {
            let root = trace.as_deref().and_then(root).map(|root| ("trace_id".to_owned(), root.into()));
            [("aws_request_id".to_owned(), id.as_str().into())].into_iter().chain(root).collect()
        });
        fields.unwrap_or_default()
    }
}

/// The id of a whole trace, by which X-Ray finds it.
fn root(header: &str) -> Option<&str> {
    header.split(';').find_map(|part| part.trim().strip_prefix("Root="))
}
