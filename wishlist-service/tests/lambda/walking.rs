//! From a sign-up to a filled item through all three roles.

use serde_json::json;

use crate::deployment::Deployment;
use crate::function::TRACE;
use crate::gateway::{Caller, request};
use crate::shop;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_up_and_their_item_is_filled_by_the_three_functions() {
    let (deployment, shop) = (Deployment::make().await, shop::open().await);
    let (api, worker) = (deployment.start("api").await, deployment.start("worker").await);
    let sweep = deployment.start("sweep").await;
    let alice = Caller::sign_up(&api, "alice@example.com").await;
    let list = alice.wishlist().await;
    let link = json!({ "url": format!("http://{shop}/7") });
    let item = alice.expect(201, "POST", &format!("{list}/items"), Some(link)).await;
    assert_eq!(item["status"], "pending");
    let path = format!("{list}/items/{}", item["id"].as_str().unwrap());
    let filled = deployment.settled(&worker, async || alice.expect(200, "GET", &path, None).await).await;
    let told = [&filled["status"], &filled["title"], &filled["price"]["amount"], &filled["availability"]];
    assert_eq!(told, [&json!("ready"), &json!("Kettle no. 7"), &json!("7.50"), &json!("inStock")]);
    let listed = alice.expect(200, "GET", &format!("{list}/items?limit=10"), None).await;
    assert_eq!(listed["items"][0]["title"], "Kettle no. 7");
    assert_eq!(sweep.call(json!({ "source": "aws.events" })).await.unwrap(), json!({ "sent": 0 }));
    // The trace of the call that added the item reaches the worker's lines by the queue.
    let visit = worker.lines(|line| line["message"] == "visit").await.remove(0);
    assert!(TRACE.contains(visit["trace_id"].as_str().unwrap()), "{visit}");
    assert!(visit["aws_request_id"].as_str().unwrap().starts_with("call-"), "{visit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_access_tokens_of_the_own_pool_are_taken() {
    let (deployment, other) = (Deployment::make().await, Deployment::make().await);
    let (api, other_api) = (deployment.start("api").await, other.start("api").await);
    let alice = Caller::sign_up(&api, "alice@example.com").await;
    let stranger = Caller::sign_up(&other_api, "alice@example.com").await;
    let refused = [
        ("an ID token", alice.tokens["idToken"].as_str()),
        ("a token of another pool", stranger.tokens["accessToken"].as_str()),
        ("a refresh token", alice.tokens["refreshToken"].as_str()),
        ("no token", Some("nonsense")),
        ("none", None),
    ];
    for (what, token) in refused {
        let (status, answer) = request(&api, "GET", "/v1/me", token, None).await;
        assert_eq!((status, &answer["code"]), (401, &json!("unauthenticated")), "{what}: {answer}");
    }
    assert_eq!(alice.expect(200, "GET", "/v1/me", None).await["email"], "alice@example.com");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_deletes_the_account_is_gone_from_the_pool_too() {
    let deployment = Deployment::make().await;
    let (api, worker) = (deployment.start("api").await, deployment.start("worker").await);
    let alice = Caller::sign_up(&api, "alice@example.com").await;
    let list = alice.wishlist().await;
    alice.expect(202, "DELETE", "/v1/me", None).await;
    assert_eq!(alice.send("GET", &list, None).await.0, 401);
    deployment.feed(&worker).await;
    let again = json!({ "email": "alice@example.com", "password": "Correct-horse-7-battery" });
    assert_eq!(request(&api, "POST", "/v1/auth/sign-in", None, Some(&again)).await.0, 401);
    // The address is free again.
    Caller::sign_up(&api, "alice@example.com").await.expect(200, "GET", "/v1/wishlists", None).await;
}
