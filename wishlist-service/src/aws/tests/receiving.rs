//! Messages that come as they should, and as they should not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use wishlist_core::model::ItemStatus;
use wishlist_core::queue::{NoQueue, Queue};
use wishlist_core::{Error, Kind};
use wishlist_scraper::sweep;

use super::super::sqs_receiver::SqsReceiver;
use super::world::{World, attribute, client, in_time, make_queue, within};
use crate::telemetry::{Invocation, TraceHeader};

fn nothing() -> (String, String) {
    ("0".to_owned(), "0".to_owned())
}

#[tokio::test]
async fn an_item_is_filled_by_its_message() {
    let world = World::open().await;
    let item = world.add().await;
    let worker = world.work().await;
    worker.handled(1).await;
    worker.stop().await;
    let item = world.item(item).await;
    assert_eq!((item.status, item.title()), (ItemStatus::Ready, Some("Enamel kettle")));
    assert_eq!(world.left().await, nothing());
}

#[tokio::test]
async fn what_a_lost_message_was_to_start_is_started_by_the_sweeper() {
    let world = World::open().await;
    let item = world.add_by(&world.over(Arc::new(NoQueue))).await;
    assert_eq!(world.left().await, nothing());
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(sweep(&world.engine).await.unwrap(), 1);
    let worker = world.work().await;
    worker.handled(1).await;
    worker.stop().await;
    assert_eq!(world.item(item).await.status, ItemStatus::Ready);
    assert_eq!(world.left().await, nothing());
}

#[tokio::test]
async fn a_message_delivered_three_times_at_once_is_one_visit() {
    let world = World::open().await;
    world.shop.close_gate();
    let item = world.add().await;
    for _ in 0..2 {
        world.queue.send(world.message(item), Duration::ZERO).await.unwrap();
    }
    let worker = world.work().await;
    world.shop.arrived().await;
    // The two that find the item leased.
    worker.handled(2).await;
    world.shop.open_gate();
    worker.handled(1).await;
    worker.stop().await;
    assert_eq!((world.item(item).await.status, world.shop.visits()), (ItemStatus::Ready, 1));
    assert_eq!(world.left().await, nothing());
}

#[tokio::test]
async fn a_message_of_an_item_that_is_gone_is_done() {
    let world = World::open().await;
    let gone = world.message("0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f".parse().unwrap());
    world.queue.send(gone, Duration::ZERO).await.unwrap();
    let worker = world.work().await;
    worker.handled(1).await;
    worker.stop().await;
    assert_eq!((world.shop.visits(), world.left().await), (0, nothing()));
}

#[tokio::test]
async fn a_body_that_is_none_of_ours_ends_among_the_dead_letters_and_holds_nobody_up() {
    let client = client();
    let dead_letters = make_queue(&client, &[]).await;
    let arn = attribute(&client, &dead_letters, QueueAttributeName::QueueArn).await;
    let redrive = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"1"}}"#);
    let soon = (QueueAttributeName::VisibilityTimeout, "2".to_owned());
    let world = World::with(&[soon, (QueueAttributeName::RedrivePolicy, redrive)]).await;
    let bodies = [
        "?",
        "null",
        "{}",
        "[]",
        r#"{"wishlistId":"","itemId":"","url":""}"#,
        r#"{"wishlistId":"0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f","itemId":"0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f"}"#,
        r#"{"pageDigest":"../x"}"#,
        r#"{"jobId":7}"#,
        "{\"jobId\":\"0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f\"} {}",
    ];
    for body in bodies {
        client.send_message().queue_url(&world.url).message_body(body).send().await.unwrap();
    }
    let item = world.add().await;
    let worker = world.work().await;
    worker.handled(1).await;
    assert_eq!(world.item(item).await.status, ItemStatus::Ready);
    let mut dead = Vec::new();
    for _ in 0..30 {
        let call = client.receive_message().queue_url(&dead_letters).max_number_of_messages(10).wait_time_seconds(1);
        let received = in_time(call.send()).await.unwrap().messages.unwrap_or_default();
        dead.extend(received.into_iter().filter_map(|delivery| delivery.body));
        if dead.len() == bodies.len() {
            break;
        }
    }
    worker.stop().await;
    dead.sort();
    let mut sent = bodies.map(str::to_owned);
    sent.sort();
    assert_eq!(dead, sent);
}

#[tokio::test]
async fn a_message_whose_handling_panicked_comes_again() {
    let world = World::with(&[(QueueAttributeName::VisibilityTimeout, "1".to_owned())]).await;
    world.add().await;
    let is_first = Arc::new(AtomicBool::new(true));
    let worker = world.work_by(move |_| {
        let is_first = Arc::clone(&is_first);
        async move {
            assert!(!is_first.swap(false, Ordering::SeqCst), "the first time fails");
            Ok(())
        }
    });
    let worker = worker.await;
    worker.handled(1).await;
    worker.stop().await;
    assert_eq!(world.left().await, nothing());
}

#[tokio::test]
async fn a_message_whose_handling_failed_comes_again() {
    let world = World::with(&[(QueueAttributeName::VisibilityTimeout, "1".to_owned())]).await;
    world.add().await;
    let is_first = Arc::new(AtomicBool::new(true));
    let worker = world.work_by(move |_| {
        let failed = is_first.swap(false, Ordering::SeqCst);
        async move { if failed { Err(Error::new(Kind::Unavailable, "the first time fails")) } else { Ok(()) } }
    });
    let worker = worker.await;
    worker.handled(2).await;
    worker.stop().await;
    assert_eq!(world.left().await, nothing());
}

#[tokio::test]
async fn a_stop_lets_the_work_under_way_finish_and_takes_no_more() {
    let world = World::open().await;
    world.shop.close_gate();
    let item = world.add().await;
    let worker = world.work().await;
    world.shop.arrived().await;
    let stopped = worker.stop();
    let late = world.queue.send(world.message(item), Duration::ZERO);
    late.await.unwrap();
    world.shop.open_gate();
    stopped.await;
    assert_eq!(world.item(item).await.status, ItemStatus::Ready);
    // The queue may have handed it to the poll that was given up, before it knew; then it is hidden, and comes again.
    assert_ne!(world.left().await, nothing());
}

#[tokio::test]
async fn a_message_is_handled_as_a_part_of_its_trace() {
    let world = World::open().await;
    let trace = TraceHeader::parse("Root=1-67891233-abcdef012345678912345678;Sampled=1");
    within(trace.clone(), Box::pin(world.add())).await;
    let (sender, mut traces) = tokio::sync::mpsc::unbounded_channel();
    let worker = world.work_by(move |_| {
        let sender = sender.clone();
        async move {
            sender.send(Invocation::present_trace()).unwrap();
            Ok(())
        }
    });
    let worker = worker.await;
    assert_eq!(in_time(traces.recv()).await.unwrap(), trace);
    worker.stop().await;
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_told_at_the_start() {
    let world = World::open().await;
    let opened = SqsReceiver::open(world.client.clone(), format!("{}-nowhere", world.url)).await;
    assert_eq!(opened.unwrap_err().kind(), Kind::Unavailable);
}
