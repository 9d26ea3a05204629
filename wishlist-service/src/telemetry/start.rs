//! The start of the logs, and the last words of a program.

use std::io::{IsTerminal, Write};

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::line::{Line, OURS};
use super::panics;
use crate::config::LogFormat;

/// Starts the logs of this process, panics included.
pub(crate) fn start(level: LevelFilter, format: LogFormat) {
    let on_terminal = std::io::stderr().is_terminal();
    let line = match format {
        LogFormat::Auto if on_terminal => Line::Human,
        LogFormat::Human => Line::Human,
        LogFormat::Auto | LogFormat::Json => Line::Json,
    };
    let targets = Targets::new().with_default(level.min(LevelFilter::WARN)).with_target(OURS, level);
    let events = tracing_subscriber::fmt::layer().event_format(line).with_writer(std::io::stderr);
    tracing_subscriber::registry().with(events.with_filter(targets)).init();
    panics::log();
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
