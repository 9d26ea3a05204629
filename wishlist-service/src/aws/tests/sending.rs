//! Several messages sent together, of which SQS takes all, some or none.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::{Client, Config};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use wishlist_core::Kind;
use wishlist_core::queue::{Message, Queue};

use super::super::sqs_queue::SqsQueue;
use super::world::within;
use crate::telemetry::TraceHeader;

/// What SQS does with a request of several messages.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Takes,
    RefusesTheThird,
    Fails,
    Hangs,
}

/// A queue that keeps what it was sent, by requests.
#[derive(Clone, Debug)]
struct Recorder {
    fate: Fate,
    requests: Arc<Mutex<Vec<Value>>>,
}

impl Recorder {
    async fn answer(self, request: Value) -> HttpResponse {
        let ids: Vec<Value> = request["Entries"].as_array().unwrap().iter().map(|entry| entry["Id"].clone()).collect();
        self.requests.lock().unwrap().push(request);
        let refuses = |id: &Value| matches!(self.fate, Fate::RefusesTheThird) && *id == json!("2");
        let (refused, taken): (Vec<_>, Vec<_>) = ids.into_iter().partition(refuses);
        let taken: Vec<_> =
            taken.iter().map(|id| json!({ "Id": id, "MessageId": "m", "MD5OfMessageBody": "x" })).collect();
        let refused: Vec<_> =
            refused.iter().map(|id| json!({ "Id": id, "Code": "InternalError", "SenderFault": false })).collect();
        match self.fate {
            Fate::Takes | Fate::RefusesTheThird => {
                let answer = json!({ "Successful": taken, "Failed": refused }).to_string();
                HttpResponse::new(200.try_into().unwrap(), SdkBody::from(answer))
            }
            Fate::Fails => HttpResponse::new(500.try_into().unwrap(), SdkBody::from("{}")),
            Fate::Hangs => std::future::pending().await,
        }
    }
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let this = self.clone();
        HttpConnectorFuture::new(async move { Ok(this.answer(body).await) })
    }
}

fn queue(fate: Fate) -> (SqsQueue, Recorder) {
    let recorder = Recorder { fate, requests: Arc::default() };
    let connector = SharedHttpConnector::new(recorder.clone());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "tests"))
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(1)).build())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    (SqsQueue::new(|| Client::from_conf(config), "https://sqs.eu-central-1.amazonaws.com/1/q".to_owned()), recorder)
}

fn messages(count: u128) -> Vec<Message> {
    let id = |number: u128| format!("01920000-0000-7000-8000-{number:012}");
    (0..count).map(|number| Message::Job { job_id: id(number).parse().unwrap() }).collect()
}

/// Which of 25 messages the queue said that it took.
async fn taken(fate: Fate) -> Vec<bool> {
    queue(fate).0.send_all(messages(25)).await.iter().map(Result::is_ok).collect()
}

#[tokio::test(start_paused = true)]
async fn ten_messages_are_one_request_and_each_carries_the_trace() {
    let (queue, recorder) = queue(Fate::Takes);
    let trace = TraceHeader::parse("Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1");
    let answers = within(trace.clone(), queue.send_all(messages(25))).await;
    assert!(answers.len() == 25 && answers.iter().all(Result::is_ok), "{answers:?}");
    let requests = recorder.requests.lock().unwrap();
    let entries: Vec<_> = requests.iter().flat_map(|request| request["Entries"].as_array().unwrap()).collect();
    assert_eq!((requests.len(), entries.len()), (3, 25));
    let header = &entries[0]["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"];
    assert_eq!(header.as_str(), trace.as_ref().map(TraceHeader::as_str));
    let bodies = entries.iter().map(|entry| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap());
    let mut bodies: Vec<Message> = bodies.collect();
    bodies.sort_by_key(|message| serde_json::to_string(message).unwrap());
    assert_eq!(bodies, messages(25));
}

#[tokio::test(start_paused = true)]
async fn what_sqs_did_not_take_is_not_said_to_be_sent() {
    let but_the_thirds: Vec<bool> = (0..25).map(|place| place % 10 != 2).collect();
    assert_eq!(taken(Fate::RefusesTheThird).await, but_the_thirds);
    assert_eq!(taken(Fate::Fails).await, [false; 25]);
    assert_eq!(taken(Fate::Hangs).await, [false; 25]);
    let (queue, _) = queue(Fate::RefusesTheThird);
    let refused = queue.send_all(messages(3)).await.remove(2).unwrap_err();
    assert_eq!(refused.kind(), Kind::Unavailable);
    assert!(refused.chain().contains("InternalError"), "{}", refused.chain());
}
