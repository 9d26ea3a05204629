//! Batches of messages: which of them come again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::deployment::{Deployment, batch, record};
use crate::function::Function;
use crate::gateway::Caller;
use crate::shop;

/// A message with this body.
fn message(id: &str, body: &Value) -> Value {
    json!({ "messageId": id, "receiptHandle": "r", "body": body, "attributes": { "SentTimestamp": "1795719838000" } })
}

/// The ids that a worker wants again.
async fn again(worker: &Function, records: &[Value]) -> Vec<String> {
    let answer = worker.call(batch(records)).await.unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    failures.map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_comes_three_times_at_once_is_one_visit_and_what_says_nothing_comes_again_alone() {
    let (deployment, shop) = (Deployment::make().await, shop::open().await);
    let (api, worker) = (deployment.start("api").await, deployment.start("worker").await);
    let alice = Caller::sign_up(&api, "alice@example.com").await;
    let list = alice.wishlist().await;
    let add = json!({ "url": format!("http://{shop}/3") });
    let item = alice.expect(201, "POST", &format!("{list}/items"), Some(add)).await;
    let sent = record(&deployment.receive().await.remove(0));
    let copy = |id: &str| json!({ "messageId": id, "body": sent["body"], "attributes": sent["attributes"] });
    let gone: Value = serde_json::from_str(sent["body"].as_str().unwrap()).unwrap();
    let gone = json!({ "wishlistId": gone["wishlistId"], "itemId": "01920000-0000-7000-8000-000000000001", "url": gone["url"] });
    let records = [
        copy("one"),
        message("not JSON", &json!("{")),
        copy("two"),
        message("of another program", &json!(r#"{"hello":"world"}"#)),
        message("of a deleted item", &json!(gone.to_string())),
        json!({ "messageId": "without a body" }),
        copy("three"),
        message("empty", &json!("")),
        message("of another type", &json!(7)),
    ];
    let unknown_ids = ["not JSON", "of another program", "without a body", "empty", "of another type"];
    assert_eq!(again(&worker, &records).await, unknown_ids);
    let path = format!("{list}/items/{}", item["id"].as_str().unwrap());
    let filled = deployment.settled(&worker, async || alice.expect(200, "GET", &path, None).await).await;
    assert_eq!((&filled["status"], &filled["title"]), (&json!("ready"), &json!("Kettle no. 3")));
    let counted = worker.lines(|line| line["outcome"] == "ready" && !line["Visits"].is_null()).await;
    assert_eq!(counted[0]["Visits"], json!(1.0), "{counted:?}");
    let unknown = worker.lines(|line| line["message"] == "a message says nothing that is known").await;
    let logged: Vec<_> = unknown.iter().map(|line| line["message_id"].as_str().unwrap()).collect();
    assert_eq!(logged, unknown_ids);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_counted_is_told_in_the_embedded_metric_format() {
    let (deployment, shop) = (Deployment::make().await, shop::open().await);
    let (api, worker) = (deployment.start("api").await, deployment.start("worker").await);
    let alice = Caller::sign_up(&api, "alice@example.com").await;
    let list = alice.wishlist().await;
    alice.expect(201, "POST", &format!("{list}/items"), Some(json!({ "url": format!("http://{shop}/5") }))).await;
    deployment.feed(&worker).await;
    let emf = worker.lines(|line| line.get("_aws").is_some()).await;
    let mut told = Vec::new();
    for line in &emf {
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&declared["Namespace"], &line["function"]), (&json!("SmartWishlist"), &json!("test-worker")));
        assert!(line["_aws"]["Timestamp"].is_u64(), "{line}");
        for dimension in declared["Dimensions"][0].as_array().unwrap() {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension} of {line}");
        }
        for metric in declared["Metrics"].as_array().unwrap() {
            let name = metric["Name"].as_str().unwrap();
            assert!(line[name].is_number() || line[name].is_array(), "{name} of {line}");
            told.push(name.to_owned());
        }
    }
    for name in ["Visits", "VisitDuration", "QueueAge", "TableReadUnits", "TableWriteUnits"] {
        assert!(told.iter().any(|one| one == name), "{name} among {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_begun_that_could_not_be_ended_and_a_message_without_an_id_fails_the_call() {
    let deployment = Deployment::make().await;
    let worker = deployment.start("worker").await;
    let job = json!(r#"{"jobId":"01920000-0000-7000-8000-000000000001"}"#);
    let started = Instant::now();
    let answer = worker.call_within(batch(&[message("late", &job)]), Duration::from_secs(5)).await.unwrap();
    assert_eq!(answer["batchItemFailures"], json!([{ "itemIdentifier": "late" }]));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let short = worker.lines(|line| !line["needed_s"].is_null()).await.remove(0);
    assert_eq!((&short["timeout_s"], &short["needed_s"]), (&json!(5), &json!(14)), "{short}");
    assert_eq!((&short["level"], &short["aws_request_id"]), (&json!("ERROR"), &json!("call-0")), "{short}");
    let late = worker.lines(|line| line["message_id"] == "late").await.remove(0);
    assert!(late["message"].as_str().unwrap().contains("was not begun"), "{late}");
    worker.call(batch(&[json!({ "body": "{" })])).await.unwrap_err();
    // The process goes on, and with time enough the same message is done.
    assert_eq!(again(&worker, &[message("in time", &job)]).await, Vec::<String>::new());
    assert_eq!(again(&worker, &[]).await, Vec::<String>::new());
}
