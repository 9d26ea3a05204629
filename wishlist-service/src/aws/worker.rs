//! The role `worker`: takes messages of the queue in batches, and tells for each whether it is to come again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsMessage};
use futures_util::FutureExt;
use lambda_runtime::{Context, LambdaEvent, service_fn};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wishlist_core::clock::{Clock, SystemClock, Timestamp};
use wishlist_core::operations::Identities;
use wishlist_core::queue::Message;
use wishlist_scraper::{Scraper, Visitor, handle};

use super::clients::{Clients, Credentials};
use super::function::{Function, counted, invocation, left};
use super::ground;
use crate::config::{Faults, Ground, WorkerSettings};
use crate::fetching;
use crate::function_limits::{LEAST_TO_BEGIN_A_MESSAGE, WORKER_ANSWER_MARGIN, whole_seconds};
use crate::function_metrics::QUEUE_AGE;
use crate::telemetry::{Invocation, TraceHeader};

pub(crate) fn run(settings: &WorkerSettings) -> Result<()> {
    let mut faults = Faults::default();
    let (Ground { name, place, table, queue }, pool) = settings.read(&mut faults);
    faults.none("the role `worker`")?;
    let function = Function::start(&name, &settings.logs)?;
    let (fetcher, politeness) = fetching::read(&settings.fetching)?;
    function.block_on(async {
        let clients = Clients::new(place, Credentials::OfTheFunction).await?;
        let identities: Arc<dyn Identities> = Arc::new(ground::provider(&clients, &pool));
        let engine = ground::engine(&clients, table, queue).with_identities(identities);
        let visitor = Visitor::new(engine, Arc::new(Scraper::new(fetcher)), politeness)
            .with_refresh_every(settings.background.refresh_every.0);
        let (at_once, calls) = (usize::from(settings.background.visits_at_once), function.calls());
        let take = |LambdaEvent { payload, context }: LambdaEvent<Value>| {
            let (visitor, calls) = (visitor.clone(), calls.clone());
            async move {
                let taken = calls.note(&context, take(visitor, payload, at_once, &context)).await;
                taken.map_err(anyhow::Error::into_boxed_dyn_error)
            }
        };
        lambda_runtime::run(service_fn(take)).await.map_err(anyhow::Error::from_boxed)
    })
}

/// Does what the messages of a batch say, and names those that are to come again: whatever is not named is acknowledged.
///
/// # Errors
/// Where it is no batch of messages, or where a message without an id is to come again: it cannot be named, so all of them
/// come.
async fn take(visitor: Visitor, event: Value, at_once: usize, context: &Context) -> Result<SqsBatchResponse> {
    let Batch { records } = serde_json::from_value(event)
        .inspect_err(|_| tracing::error!("an event is none of a queue"))
        .context("an event is none of a queue")?;
    let left = left(context);
    warn_of_short_time(left);
    let until = Instant::now() + left.saturating_sub(WORKER_ANSWER_MARGIN);
    let (mut running, room) = (JoinSet::new(), Arc::new(Semaphore::new(at_once)));
    let mut ends = Vec::new();
    for (nth, record) in records.into_iter().enumerate() {
        ends.push((id(&record), End::GivenUp));
        let (visitor, room) = (visitor.clone(), Arc::clone(&room));
        // A record that is none of SQS' is nobody's trace.
        let message = serde_json::from_value::<SqsMessage>(record);
        let part = Invocation { trace: message.as_ref().ok().and_then(trace), ..invocation(context) };
        let work = async move {
            let Ok(message) = message else { return End::Unknown };
            let Ok(_place) = room.acquire_owned().await else { return End::GivenUp };
            if Instant::now() + LEAST_TO_BEGIN_A_MESSAGE > until {
                return End::NotBegun;
            }
            end(visitor, message).await
        };
        running.spawn(counted(part, async move {
            // A panic ends its own message alone.
            (nth, AssertUnwindSafe(work).catch_unwind().await.unwrap_or(End::Panicked))
        }));
    }
    while let Ok(Some(ended)) = tokio::time::timeout_at(until, running.join_next()).await {
        if let Ok((nth, end)) = ended {
            ends[nth].1 = end;
        }
    }
    to_come_again(ends)
}

/// Names the messages that are not done, each with a line that says why.
fn to_come_again(ends: Vec<(String, End)>) -> Result<SqsBatchResponse> {
    let mut response = SqsBatchResponse::default();
    for (message_id, end) in ends {
        match end {
            End::Done => continue,
            End::Unknown => tracing::error!(message_id, "a message says nothing that is known"),
            End::Failed => tracing::warn!(message_id, "a message failed and comes again"),
            End::Panicked => tracing::error!(message_id, "a message's work ended early; it comes again"),
            End::NotBegun => {
                tracing::warn!(
                    message_id,
                    "a message was not begun, for too little of the call's time was left; it comes again"
                );
            }
            End::GivenUp => {
                tracing::warn!(message_id, "a message was given up, for the call's time was up; it comes again");
            }
        }
        anyhow::ensure!(!message_id.is_empty(), "a message without an id has to come again");
        response.add_failure(message_id);
    }
    Ok(response)
}

/// The messages of a call. Each is read by itself: one that cannot be is no reason for all of them to come again.
#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    /// It says nothing that we know. It comes until it ends in the dead-letter queue: somebody has to look at it.
    Unknown,
    /// Its lines say why.
    Failed,
    Panicked,
    /// It could not have been ended in time.
    NotBegun,
    /// The time was up while it was under way, or while it waited for its turn.
    GivenUp,
}

/// Does what a message says.
async fn end(visitor: Visitor, message: SqsMessage) -> End {
    if let Some(age) = age(&message) {
        metrics::histogram!(QUEUE_AGE).record(age);
    }
    let Ok(said) = serde_json::from_str::<Message>(message.body.as_deref().unwrap_or_default()) else {
        return End::Unknown;
    };
    if handle(visitor, said).await.is_ok() { End::Done } else { End::Failed }
}

/// Says that the function's timeout is too short for any message. Nobody tells a function its timeout but by what is left of a
/// call's time, which at the beginning is all of it; timeouts are of whole seconds.
fn warn_of_short_time(left: Duration) {
    let (timeout_s, needed_s) = (whole_seconds(left), whole_seconds(LEAST_TO_BEGIN_A_MESSAGE + WORKER_ANSWER_MARGIN));
    if timeout_s < needed_s {
        tracing::error!(
            timeout_s,
            needed_s,
            "the function's timeout is too short to visit a page; set it to what is needed or more"
        );
    }
}

/// The id of a message, empty where it has none.
fn id(record: &Value) -> String {
    record["messageId"].as_str().unwrap_or_default().to_owned()
}

/// How long ago a message was sent.
fn age(message: &SqsMessage) -> Option<Duration> {
    let sent = message.attributes.get("SentTimestamp")?.parse().ok()?;
    Some(SystemClock.now().since(Timestamp::from_millis(sent)))
}

/// The trace of the call that sent a message.
fn trace(message: &SqsMessage) -> Option<TraceHeader> {
    TraceHeader::parse(message.attributes.get("AWSTraceHeader")?)
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use serde_json::json;
    use wishlist_core::clock::SystemRandom;
    use wishlist_core::model::PageUrl;
    use wishlist_core::operations::Engine;
    use wishlist_core::queue::NoQueue;
    use wishlist_core::table::{Change, Key, Page, Query, Record, Table};
    use wishlist_core::{Error, Kind};
    use wishlist_scraper::{Politeness, Scrape, Scraped};

    use super::*;

    const JOB: &str = "01920000-0000-7000-8000-00000000000";

    /// A table that has no job `1`, and that fails, panics or hangs for others.
    #[derive(Debug)]
    struct OddTable;

    #[async_trait]
    impl Table for OddTable {
        async fn get(&self, keys: &[Key]) -> wishlist_core::Result<Vec<Option<Record>>> {
            match keys[0].pk.chars().last() {
                Some('1') => Ok(vec![None]),
                Some('2') => Err(Error::new(Kind::Unavailable, "no answer")),
                Some('3') => panic!("a fault"),
                _ => std::future::pending().await,
            }
        }

        async fn query(&self, _: &Query) -> wishlist_core::Result<Page<Record>> {
            unreachable!("nothing is looked for")
        }

        async fn commit(&self, _: Vec<Change>) -> wishlist_core::Result<()> {
            unreachable!("nothing is written")
        }
    }

    #[derive(Debug)]
    struct NoPages;

    #[async_trait]
    impl Scrape for NoPages {
        async fn scrape(&self, _: &PageUrl) -> Scraped {
            unreachable!("no page is visited")
        }
    }

    /// The ids of those of a batch that are to come again where the call may take so long, and how long it took.
    async fn again(records: Value, time: Duration) -> Result<(Vec<String>, Duration)> {
        let engine = Engine::new(Arc::new(OddTable), Arc::new(NoQueue), Arc::new(SystemClock), Arc::new(SystemRandom));
        let visitor = Visitor::new(engine, Arc::new(NoPages), Politeness::default());
        let mut context = Context::default();
        context.deadline = u64::try_from((SystemClock.now() + time).as_millis())?;
        let began_at = Instant::now();
        let taken = take(visitor, json!({ "Records": records }), 2, &context).await?;
        let named = taken.batch_item_failures.into_iter().map(|failure| failure.item_identifier);
        Ok((named.collect(), began_at.elapsed()))
    }

    fn message(job: &str) -> Value {
        json!({ "messageId": job, "body": format!(r#"{{"jobId":"{JOB}{job}"}}"#) })
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_becomes_of_a_message_is_no_other_message_s_matter() {
        let odd = json!({ "messageId": "odd", "body": ["no text"] });
        let records = json!([message("4"), odd, message("1"), message("2"), message("3"), message("1")]);
        let (named, took) = again(records, Duration::from_mins(1)).await.unwrap();
        assert_eq!(named, ["4", "odd", "2", "3"]);
        assert_eq!(took.as_secs(), 58, "what hangs is given up in time to answer");
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_waits_for_its_turn_until_the_time_is_up_is_named() {
        let records = json!([message("4"), message("5"), message("1")]);
        assert_eq!(again(records, Duration::from_mins(1)).await.unwrap().0, ["4", "5", "1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_without_an_id_fails_the_call_where_it_is_to_come_again() {
        again(json!([{ "body": 7 }, message("1")]), Duration::from_mins(1)).await.unwrap_err();
        again(json!([7]), Duration::from_mins(1)).await.unwrap_err();
    }
}
