//! Sending hints by SQS.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry, SendMessageBatchResultEntry,
};
use futures_util::{StreamExt, stream};
use wishlist_core::queue::{Message, Queue};
use wishlist_core::{Error, Kind, Result};

use crate::telemetry::{Invocation, TraceHeader};

/// The longest delay that SQS takes. What is due later is found by the sweeper.
const MAX_DELAY: Duration = Duration::from_mins(15);

/// The most messages of one request, and how many requests of several messages are under way at the same time.
const BATCH: usize = 10;
const BATCHES_AT_ONCE: usize = 4;

type LateClient = LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>;

/// A standard queue of SQS. One request a message, or up to ten where several are sent together; a message's body is the message
/// as JSON, beside it the trace that it belongs to.
///
/// The client is made when there is something to send: most calls of the API read.
#[derive(Clone)]
pub(crate) struct SqsQueue {
    client: Arc<LateClient>,
    url: String,
}

impl SqsQueue {
    pub(crate) fn new(client: impl FnOnce() -> Client + Send + 'static, url: String) -> Self {
        Self { client: Arc::new(LazyLock::new(Box::new(client))), url }
    }
}

impl fmt::Debug for SqsQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqsQueue").field("url", &self.url).finish_non_exhaustive()
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, message: Message, delay: Duration) -> Result<()> {
        let mut call = self.client.send_message().queue_url(&self.url).message_body(body(&message)?);
        call = call.delay_seconds(seconds(delay));
        if let Some(trace) = trace_value()? {
            call = call.message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, trace);
        }
        let sent = call.send().await.map(drop).map_err(unsent);
        sent.inspect_err(|error| {
            tracing::warn!(causes = error.chain(), "a hint was not sent; the sweeper makes up for it");
        })
    }

    async fn send_all(&self, messages: Vec<Message>) -> Vec<Result<()>> {
        let batches: Vec<Vec<Message>> = messages.chunks(BATCH).map(<[Message]>::to_vec).collect();
        let answers = stream::iter(batches).map(|batch| self.send_batch(batch)).buffered(BATCHES_AT_ONCE);
        answers.flat_map(stream::iter).collect().await
    }
}

impl SqsQueue {
    /// Sends up to ten messages by one request, of which SQS may take some and refuse others.
    async fn send_batch(&self, messages: Vec<Message>) -> Vec<Result<()>> {
        let entries = messages.iter().zip(0..).map(|(message, place)| entry(message, place)).collect::<Result<_>>();
        let answer = match entries {
            Ok(entries) => {
                let call = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
                call.send().await.map_err(unsent)
            }
            Err(error) => Err(error),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let others = (1..messages.len()).map(|_| unsent("the request of several messages failed"));
                return std::iter::once(error).chain(others).map(Err).collect();
            }
        };
        let taken: BTreeSet<&str> = answer.successful().iter().map(SendMessageBatchResultEntry::id).collect();
        let code = answer.failed().first().map_or("not answered for", BatchResultErrorEntry::code);
        let answer = |place: usize| if taken.contains(&*place.to_string()) { Ok(()) } else { Err(unsent(code)) };
        (0..messages.len()).map(answer).collect()
    }
}

fn unsent(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Kind::Unavailable, "the queue did not take the message").with_source(cause)
}

/// A message as a part of a request of several, in which its place is its id.
fn entry(message: &Message, place: usize) -> Result<SendMessageBatchRequestEntry> {
    let attributes = trace_value()?.map(|trace| [(MessageSystemAttributeNameForSends::AwsTraceHeader, trace)].into());
    let entry = SendMessageBatchRequestEntry::builder().id(place.to_string()).message_body(body(message)?);
    entry.set_message_system_attributes(attributes).build().map_err(unsent)
}

fn body(message: &Message) -> Result<String> {
    serde_json::to_string(message).map_err(unsent)
}

/// The trace that what is sent now is part of.
fn trace_value() -> Result<Option<MessageSystemAttributeValue>> {
    let value = |trace: TraceHeader| {
        MessageSystemAttributeValue::builder().data_type("String").string_value(trace.as_str()).build()
    };
    Invocation::present_trace().map(value).transpose().map_err(unsent)
}

/// Whole seconds, rounded up: never earlier than asked for.
fn seconds(delay: Duration) -> i32 {
    let delay = delay.min(MAX_DELAY);
    let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_whole_seconds_and_at_most_a_quarter_of_an_hour() {
        let rows = [(0, 0), (1, 1), (1000, 1), (1001, 2), (900_000, 900), (900_001, 900), (3_600_000, 900)];
        for (millis, expected) in rows {
            assert_eq!(seconds(Duration::from_millis(millis)), expected, "{millis}");
        }
    }
}
