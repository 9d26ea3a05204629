//! What a line says of the call that it belongs to: which call of a function it is, and the trace that it is part of.

use std::future::Future;

use serde_json::{Map, Value};

use super::TraceHeader;

tokio::task_local! {
    static INVOCATION: Invocation;
}

/// The call at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invocation {
    /// The id of a function's call, as in its own report lines.
    pub(crate) id: Option<String>,
    /// The trace that it is part of.
    pub(crate) trace: Option<TraceHeader>,
}

impl Invocation {
    /// Does `work` as part of this call. What is spawned in it is not: it has to be scoped by itself.
    pub(crate) async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        #[cfg(feature = "otel")]
        let work = super::otel::within(self.trace.as_ref(), work);
        INVOCATION.scope(self, work).await
    }

    /// The trace of the call at hand, where it has one.
    pub(crate) fn present_trace() -> Option<TraceHeader> {
        INVOCATION.try_with(|invocation| invocation.trace.clone()).ok().flatten()
    }

    /// The fields of a line that is written now.
    pub(super) fn fields() -> Map<String, Value> {
        let fields = INVOCATION.try_with(|Self { id, trace }| {
            let id = id.as_ref().map(|id| ("aws_request_id".to_owned(), id.as_str().into()));
            let trace = trace.as_ref().map(|trace| ("trace_id".to_owned(), trace.root().into()));
            id.into_iter().chain(trace).collect()
        });
        fields.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_is_known_within_its_work_only() {
        let trace = TraceHeader::parse("Root=1-a");
        let call = Invocation { id: Some("7".to_owned()), trace: trace.clone() };
        let within = call.scope(async { (Invocation::present_trace(), Invocation::fields()) }).await;
        assert_eq!(within.0, trace);
        assert_eq!((&within.1["aws_request_id"], &within.1["trace_id"]), (&"7".into(), &"1-a".into()));
        assert_eq!((Invocation::present_trace(), Invocation::fields()), (None, Map::new()));
    }
}
