//! What is sent.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use wishlist_core::Kind;
use wishlist_core::queue::{Message, Queue};

use super::super::sqs_queue::SqsQueue;
use super::world::{World, in_time, within};
use crate::telemetry::TraceHeader;

#[tokio::test]
async fn a_message_is_its_json_with_its_trace_beside_it() {
    let world = World::open().await;
    let message = world.message("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f".parse().unwrap());
    let trace = TraceHeader::parse("Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1");
    within(trace.clone(), world.queue.send(message.clone(), Duration::ZERO)).await.unwrap();
    world.queue.send(message.clone(), Duration::ZERO).await.unwrap();
    let mut received = Vec::new();
    for _ in 0..10 {
        let call = world.client.receive_message().queue_url(&world.url).wait_time_seconds(5).max_number_of_messages(10);
        let call = call.message_system_attribute_names(MessageSystemAttributeName::AwsTraceHeader).send();
        received.extend(in_time(call).await.unwrap().messages.unwrap_or_default());
        if received.len() == 2 {
            break;
        }
    }
    let bodies: Vec<Message> =
        received.iter().map(|delivery| serde_json::from_str(delivery.body().unwrap()).unwrap()).collect();
    assert_eq!(bodies, [message.clone(), message]);
    let header = |at: usize| received[at].attributes()?.get(&MessageSystemAttributeName::AwsTraceHeader).cloned();
    let mut headers = [header(0), header(1)];
    headers.sort();
    assert_eq!(headers, [None, trace.map(|trace| trace.as_str().to_owned())]);
}

#[tokio::test]
async fn a_message_with_a_delay_waits_for_it() {
    let world = World::open().await;
    let message = world.message("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f".parse().unwrap());
    world.queue.send(message.clone(), Duration::from_hours(24)).await.unwrap();
    let delayed = QueueAttributeName::ApproximateNumberOfMessagesDelayed;
    assert_eq!(super::world::attribute(&world.client, &world.url, delayed).await, "1");
    assert_eq!(world.left().await.0, "0");
}

#[tokio::test]
async fn a_queue_that_is_not_there_loses_the_hint_and_not_the_item() {
    let world = World::open().await;
    let client = world.client.clone();
    let nowhere = SqsQueue::new(|| client, format!("{}-nowhere", world.url));
    let message = world.message("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f".parse().unwrap());
    assert_eq!(nowhere.send(message, Duration::ZERO).await.unwrap_err().kind(), Kind::Unavailable);
    let item = world.add_by(&world.over(Arc::new(nowhere))).await;
    assert!(world.item(item).await.visit.is_some());
}
