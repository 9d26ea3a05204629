//! The role `worker`: takes messages of the queue in batches, and tells for each whether it is to come again.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Context, LambdaEvent, service_fn};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wishlist_core::clock::{Clock, SystemClock, Timestamp};
use wishlist_core::operations::Identities;
use wishlist_core::queue::Message;
use wishlist_scraper::{Scraper, Visitor, handle};

use super::clients::{Clients, Credentials};
use super::emf::QUEUE_AGE;
use super::function::{Function, counted, invocation, left};
use super::ground;
use crate::config::{Faults, WorkerSettings};
use crate::fetching;
use crate::telemetry::{Invocation, TraceHeader};

/// What is left of a call's time when the work under way is given up, so that the answer still arrives. What was given up
/// comes again, and its lease lapses before it does.
const TO_ANSWER: Duration = Duration::from_millis(1500);

/// No message is begun in less time than a fetch may take with what is committed after it: it could only be given up.
const TO_BEGIN: Duration = Duration::from_secs(12);

pub(crate) fn run(settings: &WorkerSettings) -> Result<()> {
    let (aws, mut faults) = (&settings.aws, Faults::default());
    let name = settings.function.name(&mut faults);
    let (place, table, queue) = (aws.place(&mut faults), aws.table(&mut faults), aws.queue(&mut faults));
    let pool = aws.pool(&mut faults);
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
        let take = |LambdaEvent { payload, context }: LambdaEvent<SqsEvent>| {
            let (visitor, calls) = (visitor.clone(), calls.clone());
            async move {
                let taken = calls.note(&context, take(visitor, payload.records, at_once, &context)).await;
                taken.map_err(anyhow::Error::into_boxed_dyn_error)
            }
        };
        lambda_runtime::run(service_fn(take)).await.map_err(anyhow::Error::from_boxed)
    })
}

/// Does what the messages say, and names those that are to come again: whatever is not named is acknowledged.
///
/// # Errors
/// Where a message without an id is to come again: it cannot be named, so all of them come.
async fn take(
    visitor: Visitor,
    messages: Vec<SqsMessage>,
    at_once: usize,
    context: &Context,
) -> Result<SqsBatchResponse> {
    let until = Instant::now() + left(context).saturating_sub(TO_ANSWER);
    let (mut running, room) = (JoinSet::new(), Arc::new(Semaphore::new(at_once)));
    let mut again: Vec<Option<String>> = Vec::new();
    for (nth, message) in messages.into_iter().enumerate() {
        again.push(Some(message.message_id.clone().unwrap_or_default()));
        let (visitor, room) = (visitor.clone(), Arc::clone(&room));
        let part = Invocation { trace: trace(&message), ..invocation(context) };
        let work = async move {
            let _place = room.acquire_owned().await.ok()?;
            (Instant::now() + TO_BEGIN <= until).then_some(())?;
            is_done(visitor, message).await.then_some(nth)
        };
        running.spawn(counted(part, work));
    }
    // A panic ends its own message alone, which then is not among those that are done.
    while let Ok(Some(ended)) = tokio::time::timeout_at(until, running.join_next()).await {
        if let Ok(Some(nth)) = ended {
            again[nth] = None;
        }
    }
    let mut response = SqsBatchResponse::default();
    for id in again.into_iter().flatten() {
        anyhow::ensure!(!id.is_empty(), "a message without an id has to come again");
        response.add_failure(id);
    }
    Ok(response)
}

/// Does what a message says; `false` where it is to come again. One that says nothing we know comes until it ends in the
/// dead-letter queue: somebody has to look at it.
async fn is_done(visitor: Visitor, message: SqsMessage) -> bool {
    if let Some(age) = age(&message) {
        metrics::histogram!(QUEUE_AGE).record(age);
    }
    let Ok(said) = serde_json::from_str::<Message>(message.body.as_deref().unwrap_or_default()) else {
        tracing::error!(message_id = message.message_id, "a message says nothing that is known");
        return false;
    };
    handle(visitor, said).await.is_ok()
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
