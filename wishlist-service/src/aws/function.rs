//! What all functions have in common: logs, metrics, a runtime of one thread, and what is noted of a call.

use std::future::Future;
use std::time::Duration;

use anyhow::Result;
use lambda_runtime::Context;
use tokio::runtime::Runtime;
use wishlist_core::clock::{Clock, SystemClock, Timestamp};
use wishlist_core::table::cost::spent_by;

use super::emf::Emf;
use crate::config::LogSettings;
use crate::function_metrics::{READ_UNITS, WRITE_UNITS};
use crate::telemetry::{self, Invocation, TraceHeader};

/// A function that has started.
pub(super) struct Function {
    runtime: Runtime,
    metrics: Emf,
}

impl Function {
    /// Starts logs and metrics. One thread, because a function has at most one core until it is given 1,769 MB, and starting
    /// others takes a millisecond.
    pub(super) fn start(name: &str, logs: &LogSettings) -> Result<Self> {
        telemetry::start(logs)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, metrics: Emf::install(name)? })
    }

    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// What is done around each call.
    pub(super) fn calls(&self) -> Calls {
        Calls { metrics: self.metrics.clone() }
    }
}

/// Notes what the calls of a function did. Cheap to clone.
#[derive(Clone)]
pub(super) struct Calls {
    metrics: Emf,
}

impl Calls {
    /// Does the work of one call, as part of the trace that it came with, and tells what was counted.
    pub(super) async fn note<T>(&self, context: &Context, work: impl Future<Output = T>) -> T {
        let done = counted(invocation(context), work).await;
        self.metrics.flush();
        telemetry::flush_soon().await;
        done
    }
}

/// Does a part of a call, and counts the capacity of the table that it used.
pub(super) async fn counted<T>(part: Invocation, work: impl Future<Output = T>) -> T {
    let (done, spent) = part.scope(spent_by(work)).await;
    if !spent.requests.is_empty() {
        metrics::histogram!(READ_UNITS).record(spent.read_units());
        metrics::histogram!(WRITE_UNITS).record(spent.write_units());
    }
    done
}

/// The call that a context is of.
pub(super) fn invocation(context: &Context) -> Invocation {
    let trace = context.xray_trace_id.as_deref().and_then(TraceHeader::parse);
    Invocation { id: Some(context.request_id.clone()), trace }
}

/// What is left of a call's time.
pub(super) fn left(context: &Context) -> Duration {
    let deadline = Timestamp::from_millis(i64::try_from(context.deadline).unwrap_or(i64::MAX));
    deadline.since(SystemClock.now())
}
