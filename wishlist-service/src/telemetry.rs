//! Logs: one line an event on standard error, for people on a terminal, JSON otherwise.
//!
//! What may be logged is decided where an event is made, by an allow-list: of a URL the host, of a person the id.

use std::io::{IsTerminal, Write};

use tracing_subscriber::filter::LevelFilter;

use crate::config::LogFormat;

/// Starts the logs of this process.
pub(crate) fn start(level: LevelFilter, format: LogFormat) {
    let human = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let events = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    if human {
        events.compact().with_ansi(std::io::stderr().is_terminal()).init();
    } else {
        events.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
    }
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
