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
async fn what_is_not_well_formed_is_repaired_or_refused_with_an_id_a_line_and_its_own_metric() {
    let deployment = Deployment::make().await;
    let api = deployment.start("api").await;
    let plain = || event("GET", "/health", None, None);
    let with = |place: &str, value: Value| {
        let mut event = plain();
        *event.pointer_mut(place).unwrap() = value;
        event
    };
    let mut broken = event("POST", "/v1/auth/sign-in", None, Some(&json!({})));
    (broken["body"], broken["isBase64Encoded"]) = (json!("no base64!"), json!(true));
    let events = [
        (200, with("/rawQueryString", json!("q=<b>"))),
        (200, with("/rawQueryString", json!("q=a b"))),
        (200, with("/rawQueryString", json!("q=\u{1}\n"))),
        (404, with("/rawPath", json!("/v1/<b> \u{1}?#"))),
        (200, with("/headers/x-forwarded-proto", json!("https,http"))),
        (200, with("/headers/host", json!("no host: ["))),
        (400, with("/headers/host", json!("a\u{0}b"))),
        (400, with("/requestContext/http/method", json!("GE T"))),
        (400, broken),
    ];
    let calls = events.len();
    for (nth, (expected, event)) in events.into_iter().enumerate() {
        let answer = api.call(event.clone()).await.unwrap();
        let (status, problem) = gateway::read(&answer);
        assert_eq!(status, expected, "{event} {problem}");
        let id = &answer["headers"]["x-request-id"];
        if status != 200 {
            let code = if status == 404 { "not_found" } else { "invalid" };
            assert_eq!((&problem["requestId"], &problem["code"]), (id, &json!(code)), "{problem}");
        }
        let line = api.lines(|line| line["message"] == "answered" && line["request_id"] == *id).await.remove(0);
        assert_eq!(
            (&line["status"], &line["aws_request_id"]),
            (&json!(status), &json!(format!("call-{nth}"))),
            "{line}"
        );
    }
    // Were a call counted with the next, a line would have two values.
    let counted = api.so_many_lines(calls, |line| !line["RequestDuration"].is_null()).await;
    assert!(counted.len() == calls && counted.iter().all(|line| line["RequestDuration"].is_number()), "{counted:?}");
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
