//! The Runtime API of AWS Lambda for one function: hands out events one at a time and takes the answers
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::{Mutex, mpsc, oneshot};

/// Who waits for the answer of a function, or for what it reports as its error.
type Waiting = oneshot::Sender<Result<Value, Value>>;

/// An event on its way, and who waits for the answer.
struct Call {
    event: Value,
    limit: Duration,
    trace: String,
    answer: Waiting,
}

#[derive(Clone)]
struct Shared {
    calls: Arc<Mutex<mpsc::Receiver<Call>>>,
    waiting: Arc<Mutex<Option<Waiting>>>,
    polls: Arc<AtomicUsize>,
    calls_made: Arc<AtomicUsize>,
}

/// A Runtime API on loopback.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    calls: mpsc::Sender<Call>,
    polls: Arc<AtomicUsize>,
}

impl RuntimeApi {
    pub(crate) async fn open() -> Self {
        let (calls, receiver) = mpsc::channel(1);
        let polls = Arc::<AtomicUsize>::default();
        let shared = Shared {
            calls: Arc::new(Mutex::new(receiver)),
            waiting: Arc::default(),
            polls: Arc::clone(&polls),
            calls_made: Arc::default(),
        };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .with_state(shared);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, calls, polls }
    }

    /// Calls the function, which has so long to answer; `Err` is what it reported as its error.
    pub(crate) async fn call(&self, event: Value, limit: Duration, trace: &str) -> Result<Value, Value> {
        let (answer, answered) = oneshot::channel();
        let call = Call { event, limit, trace: trace.to_owned(), answer };
        self.calls.send(call).await.ok().unwrap();
        let within = limit + Duration::from_secs(30);
        tokio::time::timeout(within, answered).await.expect("the function does not answer").unwrap()
    }

    /// How often an event was asked for.
    pub(crate) fn polls(&self) -> usize {
        self.polls.load(Ordering::SeqCst)
    }
}

async fn next(State(shared): State<Shared>) -> ([(&'static str, String); 4], Vec<u8>) {
    shared.polls.fetch_add(1, Ordering::SeqCst);
    // Where the test is over, nobody calls any more.
    let Some(call) = shared.calls.lock().await.recv().await else { return std::future::pending().await };
    *shared.waiting.lock().await = Some(call.answer);
    #[expect(clippy::disallowed_methods, reason = "the deadline is the function's own clock's")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let headers = [
        ("lambda-runtime-aws-request-id", format!("call-{}", shared.calls_made.fetch_add(1, Ordering::SeqCst))),
        ("lambda-runtime-deadline-ms", (now + call.limit).as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:f".to_owned()),
        ("lambda-runtime-trace-id", call.trace),
    ];
    (headers, serde_json::to_vec(&call.event).unwrap())
}

async fn answered(State(shared): State<Shared>, Path(_): Path<String>, body: Bytes) -> StatusCode {
    settle(&shared, Ok(serde_json::from_slice(&body).unwrap())).await
}

async fn failed(State(shared): State<Shared>, Path(_): Path<String>, body: Bytes) -> StatusCode {
    settle(&shared, Err(serde_json::from_slice(&body).unwrap())).await
}

async fn settle(shared: &Shared, outcome: Result<Value, Value>) -> StatusCode {
    let waiting = shared.waiting.lock().await.take().expect("an answer that nobody asked for");
    waiting.send(outcome).unwrap();
    StatusCode::ACCEPTED
}
