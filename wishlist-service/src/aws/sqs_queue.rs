//! Hints as messages of an SQS queue.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageSystemAttributeNameForSends, MessageSystemAttributeValue};
use wishlist_core::queue::{Message, Queue};
use wishlist_core::{Error, Kind, Result};

use crate::telemetry::Invocation;

#[derive(Clone, Debug)]
pub(super) struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    pub(super) fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, message: Message, delay: Duration) -> Result<()> {
        let body = serde_json::to_string(&message).map_err(|error| Error::new(Kind::Internal, "x").with_source(error))?;
        let mut request = self.client.send_message().queue_url(&self.url).message_body(body);
        if let Some(trace) = Invocation::present_trace() {
            let value = MessageSystemAttributeValue::builder().data_type("String").string_value(trace).build();
            request = request.message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, value.unwrap());
        }
        request.delay_seconds(delay.as_secs() as i32).send().await.map(drop).map_err(|error| Error::new(Kind::Unavailable, "y").with_source(error))
    }
}
