//! Events that are not as a gateway's usually are, and those that are none.

use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::gateway::{self, Caller, event};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_event_of_ours_is_an_error_and_the_next_call_is_answered() {
    let deployment = Deployment::make().await;
    let (api, worker) = (deployment.start("api").await, deployment.start("worker").await);
    for nonsense in [json!({}), json!([]), json!("event"), json!({ "Records": [{ "s3": {} }] }), Value::Null] {
        api.call(nonsense).await.unwrap_err();
        let (status, _) = gateway::request(&api, "GET", "/health", None, None).await;
        assert_eq!(status, 200);
    }
    for nonsense in [json!({}), json!([]), event("GET", "/health", None, None), json!({ "Records": "none" })] {
        worker.call(nonsense).await.unwrap_err();
    }
    assert_eq!(worker.call(json!({ "Records": [] })).await.unwrap()["batchItemFailures"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_may_come_in_base64_and_headers_more_than_once() {
    let deployment = Deployment::make().await;
    let api = deployment.start("api").await;
    let alice = Caller::sign_up(&api, "alice@example.com").await;
    let token = alice.tokens["accessToken"].as_str().unwrap();
    let mut encoded = event("POST", "/v1/wishlists", Some(token), Some(&json!({})));
    encoded["body"] = json!("eyJuYW1lIjoiw5xiZXJyYXNjaHVuZyJ9");
    encoded["isBase64Encoded"] = json!(true);
    let (status, list) = gateway::read(&api.call(encoded.clone()).await.unwrap());
    assert_eq!((status, &list["name"]), (201, &json!("Überraschung")), "{list}");
    encoded["body"] = json!("no base64!");
    let outcome = api.call(encoded).await;
    assert!(outcome.is_err() || gateway::read(&outcome.clone().unwrap()).0 == 400, "{outcome:?}");
    // The gateway joins a header that came twice with a comma.
    let mut twice = event("GET", "/v1/me", None, None);
    twice["headers"]["authorization"] = json!(format!("Bearer {token},Bearer {token}"));
    assert_eq!(gateway::read(&api.call(twice).await.unwrap()).0, 401);
    let mut accepted = event("GET", "/v1/me", Some(token), None);
    accepted["headers"]["accept"] = json!("text/html,application/json");
    accepted["headers"]["Accept-Encoding"] = json!("br,gzip");
    accepted["cookies"] = json!(["a=1", "b=2"]);
    assert_eq!(gateway::read(&api.call(accepted).await.unwrap()).0, 200);
    let (status, problem) = gateway::request(&api, "GET", "/v1/wishlists?limit=1&limit=2", Some(token), None).await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid")), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_answer_is_compressed_and_marked_as_bytes() {
    let deployment = Deployment::make().await;
    let api = deployment.start("api").await;
    let mut asked = event("GET", "/openapi.json", None, None);
    asked["headers"]["accept-encoding"] = json!("gzip");
    let answer = api.call(asked).await.unwrap();
    assert_eq!(answer["isBase64Encoded"], json!(true));
    assert_eq!(answer["headers"]["content-encoding"], "gzip");
    assert!(answer["body"].as_str().unwrap().starts_with("H4sI"), "no gzip");
}
