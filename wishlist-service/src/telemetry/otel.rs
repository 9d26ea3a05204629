//! Spans for a collector of OpenTelemetry, over OTLP as protobuf: one for each call, message and request to the table.
//!
//! A span has the attributes that its code names and no event, so what is withheld from the logs is not here either.

use std::future::Future;
use std::sync::OnceLock;

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

/// Sends what has not been sent. A function is frozen between its calls, so it does that at the end of each.
pub(super) fn flush() {
    if let Some(Err(_)) = PROVIDER.get().map(SdkTracerProvider::force_flush) {
        tracing::warn!("the collector took no spans");
    }
}

/// Has each call be part of the trace that its `traceparent` names, where it names one.
pub(super) fn joined(router: Router) -> Router {
    router.layer(from_fn(async |request: Request, next: Next| {
        let parent = TraceContextPropagator::new().extract_with_context(&Context::current(), &Headers(&request));
        next.run(request).with_context(parent).await
    }))
}

/// Does `work` as part of the trace of X-Ray's header, where there is one.
pub(super) fn within<W: Future>(trace: Option<&TraceHeader>, work: W) -> impl Future<Output = W::Output> + use<W> {
    let parent = trace.and_then(span_context);
    let context = parent.map_or_else(Context::current, |parent| Context::current().with_remote_span_context(parent));
    work.with_context(context)
}

/// X-Ray's ids as those of W3C: a root is the time and a random part, with a version and hyphens between.
fn span_context(trace: &TraceHeader) -> Option<SpanContext> {
    let root = trace.root().strip_prefix("1-")?.replace('-', "");
    let (trace_id, parent) = (TraceId::from_hex(&root).ok()?, SpanId::from_hex(trace.parent()?).ok()?);
    let flags = TraceFlags::default().with_sampled(trace.is_sampled());
    let context = SpanContext::new(trace_id, parent, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
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
        let unsampled = header.replace("Sampled=1", "Sampled=0");
        assert!(!span_context(&TraceHeader::parse(&unsampled).unwrap()).unwrap().is_sampled());
        for odd in
            ["Root=1-67891233-abcdef012345678912345678", "Root=2-6-a;Parent=53995c3f42cd8ad8", "Root=1-x;Parent=y"]
        {
            assert!(span_context(&TraceHeader::parse(odd).unwrap()).is_none(), "{odd}");
        }
    }
}
