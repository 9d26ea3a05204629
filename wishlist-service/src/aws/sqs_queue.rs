//! Sending hints by SQS.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{BuildError, SdkError};
use aws_sdk_sqs::types::{MessageSystemAttributeNameForSends, MessageSystemAttributeValue};
use wishlist_core::queue::{Message, Queue};
use wishlist_core::{Error, Kind, Result};

use crate::telemetry::{Invocation, TraceHeader};

/// The longest delay that SQS takes. What is due later is found by the sweeper.
const MAX_DELAY: Duration = Duration::from_mins(15);

type LateClient = LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>;

/// A standard queue of SQS. One request a message; its body is the message as JSON, beside it the trace that it belongs to.
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
        let unsent = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(Kind::Unavailable, "the queue did not take the message").with_source(error)
        };
        let body = serde_json::to_string(&message).map_err(|error| unsent(error.into()))?;
        let mut call = self.client.send_message().queue_url(&self.url).message_body(body).delay_seconds(seconds(delay));
        if let Some(trace) = Invocation::present_trace() {
            let value = trace_value(&trace).map_err(|error| unsent(error.into()))?;
            call = call.message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, value);
        }
        let sent = call.send().await.map(drop).map_err(|error: SdkError<_>| unsent(error.into()));
        sent.inspect_err(|error| {
            tracing::warn!(causes = error.chain(), "a hint was not sent; the sweeper makes up for it");
        })
    }
}

/// Whole seconds, rounded up: never earlier than asked for.
fn seconds(delay: Duration) -> i32 {
    let delay = delay.min(MAX_DELAY);
    let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

fn trace_value(trace: &TraceHeader) -> std::result::Result<MessageSystemAttributeValue, BuildError> {
    MessageSystemAttributeValue::builder().data_type("String").string_value(trace.as_str()).build()
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
