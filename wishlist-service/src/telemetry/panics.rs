//! Panics: a line as of any other event.

use std::panic::{PanicHookInfo, set_hook};

/// Panics since the start. Each is a fault of this program, whatever it was sent.
const PANICS: &str = "wishlist_panics_total";

/// Logs every panic from now on. What it was called with may hold somebody's content, as the error of an `unwrap` does; only a
/// text that is written in the source code is told.
pub(super) fn log() {
    set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        metrics::counter!(PANICS).increment(1);
        let location = panic.location().map(ToString::to_string);
        let reason = panic.payload().downcast_ref::<&'static str>().copied();
        let thread = std::thread::current().name().map(str::to_owned);
        tracing::error!(location, reason, thread, "a panic");
    }));
}
