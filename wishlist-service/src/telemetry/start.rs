//! The start of the logs, and the last words of a program.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use axum::Router;
use tracing::Metadata;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::line::{Line, OURS};
use super::panics;
use crate::config::{LogFormat, LogSettings};

/// Starts the logs of this process, panics included, and the export of spans where a collector is named.
///
/// # Errors
/// Where a collector is named that nothing can be sent to.
pub(crate) fn start(settings: &LogSettings) -> Result<()> {
    let (level, format) = (settings.log_level, settings.log_format);
    let on_terminal = std::io::stderr().is_terminal();
    let line = match format {
        LogFormat::Auto if on_terminal => Line::Human,
        LogFormat::Human => Line::Human,
        LogFormat::Auto | LogFormat::Json => Line::Json,
    };
    let targets = Targets::new().with_default(level.min(LevelFilter::WARN)).with_target(OURS, level);
    let events = tracing_subscriber::fmt::layer().event_format(line).with_writer(std::io::stderr);
    let only_events = filter_fn(is_event).with_max_level_hint(level.max(LevelFilter::WARN));
    let subscriber = tracing_subscriber::registry().with(events.with_filter(targets.and(only_events)));
    // A layer that is not there would still have every span made.
    #[cfg(feature = "otel")]
    if let Some(endpoint) = &settings.otlp_endpoint {
        subscriber.with(super::otel::layer(endpoint)?).init();
        panics::log();
        return Ok(());
    }
    #[cfg(not(feature = "otel"))]
    anyhow::ensure!(
        settings.otlp_endpoint.is_none(),
        "spans cannot be exported to `--otlp-endpoint`: this program was built without the feature `otel`"
    );
    subscriber.init();
    panics::log();
    Ok(())
}

/// Spans are no lines of the log, and cost nothing where nobody exports them.
fn is_event(metadata: &Metadata<'_>) -> bool {
    metadata.is_event()
}

/// Sends the spans that wait to be sent.
pub(crate) fn flush() {
    #[cfg(feature = "otel")]
    super::otel::flush();
}

/// Sends them at the end of a function's call, if it does not take long.
#[cfg(feature = "aws")]
pub(crate) async fn flush_soon() {
    #[cfg(feature = "otel")]
    super::otel::flush_soon().await;
}

/// Has each call be part of the trace that it says it is of.
pub(crate) fn joined(router: Router) -> Router {
    #[cfg(feature = "otel")]
    let router = super::otel::joined(router);
    router
}

/// Prints the error that ends the program, with its causes: the one place where the chain is printed.
pub(crate) fn report(error: &anyhow::Error) {
    let mut stderr = std::io::stderr().lock();
    // Nobody is left to be told where standard error is closed.
    let _ = writeln!(stderr, "wishlist-service: {error}");
    for cause in error.chain().skip(1) {
        let _ = writeln!(stderr, "  because: {cause}");
    }
}
