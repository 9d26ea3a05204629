//! Work of some length at a terminal: it says how far it is, and a signal ends it in order.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use wishlist_core::table::Progress;

use crate::serve::Signals;

/// Does `work`, which is told of a signal at its next step; it leaves nothing half behind then.
pub(super) fn watched<T: Send + 'static>(
    work: impl FnOnce(&mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        let asked_to_end = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&asked_to_end);
        let mut working = tokio::task::spawn_blocking(move || {
            let mut shown = Shown::default();
            work(&mut |progress| {
                shown.show(progress);
                if seen.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        });
        tokio::select! {
            done = &mut working => done?,
            () = signals.next() => {
                asked_to_end.store(true, Ordering::Relaxed);
                working.await?
            }
        }
    })
}

/// What a person who ran a command reads at its end.
pub(super) fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

#[derive(Default)]
struct Shown {
    percent: Option<u64>,
}

impl Shown {
    /// One line that is written over; on a terminal alone, and only when it changes.
    fn show(&mut self, progress: Progress) {
        let percent = (progress.copied * 100).checked_div(progress.pages);
        let mut stderr = std::io::stderr().lock();
        if percent == self.percent || !stderr.is_terminal() {
            return;
        }
        self.percent = percent;
        let end = if progress.copied == progress.pages { "\n" } else { "" };
        let _ = write!(stderr, "\r{:3} % copied{end}", percent.unwrap_or(0));
        let _ = stderr.flush();
    }
}
