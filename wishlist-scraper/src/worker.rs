//! Takes messages from the local queue and does what they say, several at once.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing::{Instrument, Span};
use wishlist_core::Result;
use wishlist_core::operations::JobProgress;
use wishlist_core::queue::Message;

use crate::local_queue::Inbox;
use crate::measure;
use crate::visit::{Visited, Visitor};

/// Steps of a job in one go; a longer job comes back with its next message, so that visits get their turn.
const STEPS: usize = 20;

/// How long the work under way may go on after the stop: most visits take less, and the others are taken up again.
const LAST_WORK: Duration = Duration::from_secs(7);

/// Works until `stop` ends, then lets what is under way finish. A panic ends its own message alone.
pub async fn work(visitor: Visitor, mut inbox: Inbox, at_once: usize, stop: impl Future<Output = ()>) {
    let mut running = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let room = running.len() < at_once;
        tokio::select! {
            () = &mut stop => break,
            Some(ended) = running.join_next(), if !running.is_empty() => {
                if ended.is_err() {
                    tracing::error!("a message's work ended early");
                }
            }
            message = inbox.receiver.recv(), if room => match message {
                Some(message) => drop(running.spawn(handle(visitor.clone(), message))),
                None => break,
            },
        }
    }
    let finish = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_WORK, finish).await.is_err() {
        tracing::warn!("stopped with visits under way; they are taken up again when their leases lapse");
    }
}

/// Does what one message says.
///
/// # Errors
/// Those of the table, which are logged. The record stays due and the sweeper sends another message, so a queue that
/// delivers once may leave it at that; one that delivers again may do so.
pub async fn handle(visitor: Visitor, message: Message) -> Result<()> {
    let span = span(&message);
    act(visitor, message).instrument(span).await
}

/// What a trace learns of a message, by OpenTelemetry's names: of a URL the host.
fn span(message: &Message) -> Span {
    match message {
        Message::Visit { url, .. } => {
            tracing::info_span!("visit", otel.kind = "consumer", server.address = url.host())
        }
        Message::Page { .. } => tracing::info_span!("refresh", otel.kind = "consumer"),
        Message::Job { .. } => tracing::info_span!("job", otel.kind = "consumer"),
    }
}

async fn act(visitor: Visitor, message: Message) -> Result<()> {
    match message {
        Message::Visit { wishlist_id, item_id, url } => {
            let started = tokio::time::Instant::now();
            match visitor.visit(wishlist_id, item_id).await {
                Ok(visited) => report("visit", url.host(), visited, started.elapsed()),
                Err(error) => {
                    measure::visit("error", None, started.elapsed());
                    tracing::error!(host = url.host(), causes = error.chain(), "visit");
                    return Err(error);
                }
            }
        }
        Message::Page { page_digest } => {
            let started = tokio::time::Instant::now();
            match visitor.refresh(&page_digest).await {
                Ok((host, visited)) => report("refresh", &host, visited, started.elapsed()),
                Err(error) => {
                    tracing::error!(page = %page_digest, causes = error.chain(), "refresh");
                    return Err(error);
                }
            }
        }
        Message::Job { job_id } => match visitor.engine().run_job(job_id, STEPS).await {
            Ok(JobProgress::Done) => {
                measure::job("done");
                tracing::info!(job = %job_id, "job done");
            }
            Ok(JobProgress::More) => {
                measure::job("more");
                visitor.engine().hint(Message::Job { job_id }, Duration::ZERO).await;
            }
            Ok(JobProgress::Elsewhere) => {
                measure::job("elsewhere");
                tracing::info!(job = %job_id, "a job of other identities is left to who has them");
            }
            Err(error) => {
                measure::job("error");
                tracing::error!(job = %job_id, causes = error.chain(), "job");
                return Err(error);
            }
        },
    }
    Ok(())
}

fn report(what: &'static str, host: &str, visited: Visited, took: Duration) {
    let (outcome, code) = match visited {
        Visited::Nothing => return,
        Visited::Waiting => {
            measure::visit("waiting", None, took);
            return tracing::debug!(host, "no lane is free, or another worker is at the page");
        }
        Visited::Removed => ("removed", None),
        Visited::Ready => ("ready", None),
        Visited::Failed(code) => ("failed", Some(code)),
        Visited::Again(code) => ("again", Some(code)),
        Visited::Superseded => ("superseded", None),
    };
    measure::visit(outcome, code, took);
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(host, outcome, code = code.map(tracing::field::debug), duration_ms = millis, "{what}");
}
