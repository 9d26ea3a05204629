//! Taking messages from SQS in a process that goes on: Lambda has a poller of its own.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::types::{Message as Delivery, MessageSystemAttributeName, QueueAttributeName};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use wishlist_core::queue::Message;
use wishlist_core::{Error, Kind, Result};

use crate::telemetry::{Invocation, TraceHeader};

/// The longest time in seconds that SQS waits for a message, and the most messages that it gives at once.
const LONGEST_WAIT: i32 = 20;
const MOST_AT_ONCE: usize = 10;

/// The pauses after polls that fail: doubled from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(32);

/// How long the work under way may go on after the stop: most visits take less, and the others are taken up again.
const LAST_WORK: Duration = Duration::from_secs(7);

/// A message, the place that was kept for its work, and what SQS said beside it.
type Delivered = (OwnedSemaphorePermit, (Message, Delivery));

/// The receiving end of a queue.
#[derive(Clone, Debug)]
pub(crate) struct SqsReceiver {
    client: Client,
    url: String,
    /// How long a message is nobody else's.
    visibility: Duration,
}

impl SqsReceiver {
    /// Looks whether the queue is there, and how long it hides a message that somebody works at.
    ///
    /// # Errors
    /// [`Kind::Unavailable`] where the queue does not answer.
    pub(crate) async fn open(client: Client, url: String) -> Result<Self> {
        let asked = QueueAttributeName::VisibilityTimeout;
        let answer = client.get_queue_attributes().queue_url(&url).attribute_names(asked.clone()).send().await;
        let answer = answer.map_err(|error| no_answer("it was looked at", error))?;
        let seconds = answer.attributes().and_then(|attributes| attributes.get(&asked)?.parse().ok());
        let seconds: u64 = seconds.ok_or_else(|| Error::new(Kind::Internal, "the queue has no visibility timeout"))?;
        Ok(Self { client, url, visibility: Duration::from_secs(seconds) })
    }

    /// Has every message handled, `at_once` of them at the most, until `stop` ends; then lets what is under way finish.
    ///
    /// A message is deleted when its handling has ended well. It stays, and comes again until the queue moves it to its dead
    /// letters, where that failed or panicked, or where its body is none of ours.
    pub(crate) async fn work<H, F>(self, handle: H, at_once: usize, stop: impl Future<Output = ()>)
    where
        H: Fn(Message) -> F,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (mut running, room) = (JoinSet::new(), Arc::new(Semaphore::new(at_once)));
        let mut stop = pin!(stop);
        let mut pause = FIRST_PAUSE;
        while let Some(received) = unless(&mut stop, self.receive(&room)).await {
            while let Some(ended) = running.try_join_next() {
                log(&ended);
            }
            match received {
                Ok(deliveries) => {
                    pause = FIRST_PAUSE;
                    for (permit, (message, delivery)) in deliveries {
                        let part = Invocation { id: None, trace: trace_of(&delivery) };
                        let held = self.clone().hold(delivery, part.scope(handle(message)));
                        running.spawn(async move {
                            held.await;
                            drop(permit);
                        });
                    }
                }
                Err(error) => {
                    tracing::error!(causes = error.chain(), "queue");
                    if unless(&mut stop, tokio::time::sleep(pause)).await.is_none() {
                        break;
                    }
                    pause = (pause * 2).min(LAST_PAUSE);
                }
            }
        }
        let finish = async {
            while let Some(ended) = running.join_next().await {
                log(&ended);
            }
        };
        if tokio::time::timeout(LAST_WORK, finish).await.is_err() {
            tracing::warn!("stopped with messages under way; they come again");
        }
    }

    /// Waits for room, and then for messages that fill it. Whoever drops this leaves messages that were just given out hidden
    /// until they are visible again, so only the stop does.
    async fn receive(&self, room: &Arc<Semaphore>) -> Result<Vec<Delivered>> {
        let mut permits: Vec<_> = Arc::clone(room).acquire_owned().await.into_iter().collect();
        permits.extend(std::iter::from_fn(|| Arc::clone(room).try_acquire_owned().ok()).take(MOST_AT_ONCE - 1));
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .wait_time_seconds(LONGEST_WAIT)
            .max_number_of_messages(i32::try_from(permits.len()).unwrap_or(1))
            .message_system_attribute_names(MessageSystemAttributeName::AwsTraceHeader)
            .send()
            .await
            .map_err(|error| no_answer("it was asked for messages", error))?;
        let deliveries = answer.messages.unwrap_or_default().into_iter().filter_map(read);
        Ok(permits.into_iter().zip(deliveries).collect())
    }

    /// Does the work of one message: hides it for as long as that takes, and deletes it when it is done.
    async fn hold(self, delivery: Delivery, work: impl Future<Output = Result<()>>) {
        let receipt = delivery.receipt_handle.unwrap_or_default();
        let done = tokio::select! {
            done = work => done,
            () = self.keep_hidden(&receipt) => return,
        };
        // What failed was logged where it did, and comes again.
        if done.is_err() {
            return;
        }
        if let Err(error) = self.client.delete_message().queue_url(&self.url).receipt_handle(receipt).send().await {
            let error = no_answer("a message was to be deleted", error);
            tracing::warn!(causes = error.chain(), "a message that is done comes again");
        }
    }

    /// Never ends. Where SQS does not answer, another worker may get the message too, and finds the item leased.
    async fn keep_hidden(&self, receipt: &str) {
        let period = (self.visibility / 2).max(Duration::from_secs(1));
        let seconds = i32::try_from(self.visibility.as_secs()).unwrap_or(i32::MAX);
        loop {
            tokio::time::sleep(period).await;
            let call = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt);
            if let Err(error) = call.visibility_timeout(seconds).send().await {
                let error = no_answer("a message was to be hidden for longer", error);
                tracing::warn!(causes = error.chain(), "a message under way may come again");
            }
        }
    }
}

fn no_answer<E>(when: &str, error: SdkError<E>) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    Error::new(Kind::Unavailable, format!("the queue did not answer when {when}")).with_source(error)
}

/// What `work` comes to, or `None` where the stop is first.
async fn unless<T>(stop: &mut (impl Future<Output = ()> + Unpin), work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        () = stop => None,
        done = work => Some(done),
    }
}

/// The message of a delivery; one that is none of ours is left where it is.
fn read(delivery: Delivery) -> Option<(Message, Delivery)> {
    let message = serde_json::from_str(delivery.body().unwrap_or_default());
    if message.is_err() {
        let id = delivery.message_id().unwrap_or_default();
        tracing::warn!(message_id = id, "a message is none of ours; it is left to the dead letters");
    }
    Some((message.ok()?, delivery))
}

fn trace_of(delivery: &Delivery) -> Option<TraceHeader> {
    TraceHeader::parse(delivery.attributes()?.get(&MessageSystemAttributeName::AwsTraceHeader)?)
}

fn log(ended: &Result<(), JoinError>) {
    if ended.is_err() {
        tracing::error!("a message's work ended early; the message comes again");
    }
}
