//! What no emulator does: a queue that does not answer, and work that takes longer than a message is hidden.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::{Client, Config};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use super::super::sqs_receiver::SqsReceiver;

/// A queue with one message, which it gives out after as many polls that fail.
#[derive(Clone, Debug)]
struct Queue {
    failures: Arc<Mutex<usize>>,
    messages: Arc<Mutex<Vec<Value>>>,
    came: Arc<Mutex<Vec<String>>>,
}

impl Queue {
    fn new(failures: usize) -> Self {
        let body = json!({ "jobId": "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f" }).to_string();
        let message = json!({ "MessageId": "1", "ReceiptHandle": "receipt", "Body": body });
        Self {
            failures: Arc::new(Mutex::new(failures)),
            messages: Arc::new(Mutex::new(vec![message])),
            came: Arc::default(),
        }
    }

    fn client(&self) -> Client {
        let connector = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "tests"))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()));
        Client::from_conf(config.build())
    }

    /// How often an operation was called.
    fn calls(&self, operation: &str) -> usize {
        self.came.lock().unwrap().iter().filter(|came| *came == operation).count()
    }

    async fn answer(self, operation: String) -> Result<HttpResponse, ConnectorError> {
        let output = match operation.as_str() {
            "GetQueueAttributes" => json!({ "Attributes": { "VisibilityTimeout": "30" } }),
            "ReceiveMessage" => {
                let failures = std::mem::take(&mut *self.failures.lock().unwrap());
                if let Some(left) = failures.checked_sub(1) {
                    *self.failures.lock().unwrap() = left;
                    return Err(ConnectorError::io("connection refused".into()));
                }
                let messages = std::mem::take(&mut *self.messages.lock().unwrap());
                if messages.is_empty() {
                    tokio::time::sleep(Duration::from_secs(20)).await;
                }
                json!({ "Messages": messages })
            }
            _ => json!({}),
        };
        Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from(output.to_string())))
    }
}

impl HttpConnector for Queue {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap().rsplit('.').next().unwrap().to_owned();
        self.came.lock().unwrap().push(operation.clone());
        HttpConnectorFuture::new(self.clone().answer(operation))
    }
}

/// Has the queue's one message handled in `takes`; answers how long all of it took.
async fn handle_one(queue: &Queue, takes: Duration) -> Duration {
    let receiver = SqsReceiver::open(queue.client(), "https://sqs.eu-central-1.amazonaws.com/1/q".to_owned());
    let (receiver, began_at) = (receiver.await.unwrap(), Instant::now());
    let done = Arc::new(Semaphore::new(0));
    let (stop, stopped) = oneshot::channel::<()>();
    let handle = |_| {
        let done = Arc::clone(&done);
        async move {
            tokio::time::sleep(takes).await;
            done.add_permits(1);
            Ok(())
        }
    };
    let work = receiver.work(handle, 2, async { drop(stopped.await) });
    let watch = async {
        done.acquire().await.unwrap().forget();
        let took = began_at.elapsed();
        stop.send(()).unwrap();
        took
    };
    tokio::join!(work, watch).1
}

#[tokio::test(start_paused = true)]
async fn a_message_is_hidden_for_as_long_as_its_work_takes() {
    let queue = Queue::new(0);
    handle_one(&queue, Duration::from_secs(100)).await;
    assert_eq!(queue.calls("ChangeMessageVisibility"), 6, "every half of the 30 seconds for which a message is hidden");
    assert_eq!(queue.calls("DeleteMessage"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_does_not_answer_is_asked_ever_less_often() {
    let queue = Queue::new(7);
    let took = handle_one(&queue, Duration::ZERO).await;
    assert_eq!(took.as_secs(), 1 + 2 + 4 + 8 + 16 + 32 + 32);
    assert_eq!((queue.calls("ReceiveMessage") >= 8, queue.calls("DeleteMessage")), (true, 1));
}
