//! Spans for a collector of OpenTelemetry, over OTLP as protobuf: one for each call, message and request to the table.
//!
//! A span has the attributes that its code names and no event, so what is withheld from the logs is not here either.

use std::future::Future;
use std::sync::OnceLock;
#[cfg(feature = "aws")]
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::HeaderName;
use axum::middleware::{Next, from_fn};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{
    FutureExt, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, Key};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

use super::TraceHeader;
use super::line::OURS;

/// The name of this program among others, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` give it another.
const NAME: &str = "wishlist-service";

/// What a process is called that nobody has named.
const UNNAMED: &str = "unknown_service";

/// How long the end of a function's call may wait for its spans to leave: a collector beside it takes them within a
/// millisecond or two.
#[cfg(feature = "aws")]
const LONGEST_FLUSH: std::time::Duration = std::time::Duration::from_millis(250);

/// Whether a flush is under way.
#[cfg(feature = "aws")]
static FLUSHING: AtomicBool = AtomicBool::new(false);

/// One for the process, as its subscriber is.
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Starts the export to a collector, and answers what hands spans to it.
pub(super) fn layer<S>(endpoint: &Url) -> Result<impl Layer<S> + use<S>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    // The exporter's client takes the process' provider. Where there is one already, it stays.
    drop(rustls::crypto::ring::default_provider().install_default());
    let traces = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_endpoint(traces).build();
    let exporter = exporter.context("spans cannot be exported to `--otlp-endpoint`")?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(NAME))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    // The first of a process stays.
    drop(PROVIDER.set(provider));
    Ok(layer.with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with(OURS))))
}

/// What the environment says of this process, under our name where it gives none.
fn resource() -> Resource {
    let said = Resource::builder().build();
    let is_named = said.get_ref(&Key::from_static_str("service.name")).is_some_and(|name| name.as_str() != UNNAMED);
    if is_named { said } else { Resource::builder().with_service_name(NAME).build() }
}

/// Sends what has not been sent, as the last thing of a process.
pub(super) fn flush() {
    if let Some(Err(_)) = PROVIDER.get().map(SdkTracerProvider::force_flush) {
        tracing::warn!("the collector took no spans");
    }
}

/// Sends what has not been sent, and waits for that no longer than [`LONGEST_FLUSH`]: a function is frozen between its calls,
/// and its answer is more than its spans. What takes longer goes on beside the next call, and nothing is begun meanwhile.
#[cfg(feature = "aws")]
pub(super) async fn flush_soon() {
    if PROVIDER.get().is_none() || FLUSHING.swap(true, Ordering::AcqRel) {
        return;
    }
    let flushing = tokio::task::spawn_blocking(|| {
        flush();
        FLUSHING.store(false, Ordering::Release);
    });
    drop(tokio::time::timeout(LONGEST_FLUSH, flushing).await);
}

/// Has each call be part of the trace that its `traceparent` names, where it names one. What else a caller says of it, its
/// `tracestate`, is not taken: it would leave with every span.
pub(super) fn joined(router: Router) -> Router {
    router.layer(from_fn(async |request: Request, next: Next| {
        let said = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(&request));
        let said = said.span().span_context().clone();
        next.run(request).with_context(child_of(said.is_valid().then_some(said))).await
    }))
}

/// Does `work` as part of the trace of X-Ray's header, where there is one.
pub(super) fn within<W: Future>(trace: Option<&TraceHeader>, work: W) -> impl Future<Output = W::Output> + use<W> {
    work.with_context(child_of(trace.and_then(span_context)))
}

/// The present context, or one below this parent.
fn child_of(parent: Option<SpanContext>) -> Context {
    let present = Context::current();
    let Some(parent) = parent else { return present };
    let (trace, span, flags) = (parent.trace_id(), parent.span_id(), parent.trace_flags());
    present.with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::NONE))
}

/// X-Ray's ids as those of W3C: a root is the time and a random part, with a version and hyphens between. `None` for a trace
/// that X-Ray does not record: a function gets such a header where tracing is off, and its spans are wanted all the same.
fn span_context(trace: &TraceHeader) -> Option<SpanContext> {
    let root = trace.root().strip_prefix("1-")?.replace('-', "");
    let (trace_id, parent) = (TraceId::from_hex(&root).ok()?, SpanId::from_hex(trace.parent()?).ok()?);
    let context = SpanContext::new(trace_id, parent, TraceFlags::SAMPLED, true, TraceState::NONE);
    (context.is_valid() && trace.is_sampled()).then_some(context)
}

struct Headers<'a>(&'a Request);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.headers().get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.headers().keys().map(HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_of_x_ray_is_one_of_w3c() {
        let header = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";
        let context = span_context(&TraceHeader::parse(header).unwrap()).unwrap();
        assert_eq!(context.trace_id().to_string(), "67891233abcdef012345678912345678");
        assert_eq!((context.span_id().to_string().as_str(), context.is_sampled()), ("53995c3f42cd8ad8", true));
        let others = [
            &header.replace("Sampled=1", "Sampled=0"),
            &header.replace(";Sampled=1", ""),
            "Root=1-67891233-abcdef012345678912345678;Sampled=1",
            "Root=2-6-a;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-x;Parent=y;Sampled=1",
        ];
        for other in others {
            assert!(span_context(&TraceHeader::parse(other).unwrap()).is_none(), "{other}");
        }
    }
}
