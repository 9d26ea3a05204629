//! Whom a call speaks for: the token in `Authorization` and nothing else, on every operation that the document guards.

use std::time::Duration;

use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

use crate::forgeries;
use crate::world::{Call, PASSWORD, Person, World};

/// A change of a call, and its name for a failure.
type Attempt = (String, Box<dyn Fn(Call) -> Call>);

/// The method and a path of every operation that needs a token.
fn guarded() -> Vec<(Method, String)> {
    let all = crate::contract::operations().into_iter();
    let guarded = all.filter(|(.., operation)| !operation["security"].is_null());
    let guarded: Vec<_> = guarded.map(|(method, path, _)| (method, path.replace(['{', '}'], ""))).collect();
    assert!(guarded.len() > 20, "{}", guarded.len());
    guarded
}

/// Fails where an attempt at any guarded operation is answered as anything but a call without a token.
async fn are_refused_everywhere(world: &World, attempts: &[Attempt]) {
    for (method, path) in guarded() {
        let call = || world.call(&method, &path).raw("not JSON");
        let without = call().is(401).await;
        for (name, attempt) in attempts {
            let answer = attempt(call()).is(401).await;
            assert_eq!(answer.seen(), without.seen(), "{name}: {method} {path}");
        }
    }
}

/// One value of `Authorization` an attempt.
fn authorizations(values: Vec<(&'static str, String)>) -> Vec<Attempt> {
    let attempt = |(name, value): (&str, String)| -> Attempt {
        (name.to_owned(), Box::new(move |call| call.header("authorization", &value)))
    };
    values.into_iter().map(attempt).collect()
}

fn encode(json: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
}

#[tokio::test]
async fn whatever_is_wrong_with_a_token_every_operation_answers_the_same() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    assert_eq!(world.get("/v1/me").is(401).await.header("www-authenticate"), "Bearer");
    let mut attempts = authorizations(forgeries::of(&alice));
    let person = alice.clone();
    attempts.push(("twice".to_owned(), Box::new(move |call| call.by(&person).by(&person))));
    are_refused_everywhere(&world, &attempts).await;
    world.get("/v1/me").header("authorization", &format!("bearer {}", alice.token())).is(200).await;
    world.clock.advance(Duration::from_secs(3600 + 31));
    let expired = authorizations(vec![("expired", format!("Bearer {}", alice.token()))]);
    are_refused_everywhere(&world, &expired).await;
}

/// RFC 6750, sections 2.2 and 2.3, are ways that leak a token, and that let a stranger's page call by a cookie.
#[tokio::test]
async fn a_token_beside_the_header_is_none() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let token = alice.token().to_owned();
    let mut attempts: Vec<Attempt> = Vec::new();
    for (name, before) in [
        ("cookie", "access_token="),
        ("cookie", "accessToken="),
        ("cookie", "Authorization=Bearer "),
        ("x-access-token", ""),
        ("x-amzn-oidc-accesstoken", ""),
        ("x-authorization", "Bearer "),
        ("x-forwarded-authorization", "Bearer "),
        ("proxy-authorization", "Bearer "),
    ] {
        let value = format!("{before}{token}");
        attempts.push((format!("{name}: {before}"), Box::new(move |call| call.header(name, &value))));
    }
    for body in [
        format!("access_token={token}"),
        json!({"access_token": token}).to_string(),
        json!({"accessToken": token, "authorization": format!("Bearer {token}")}).to_string(),
    ] {
        attempts.push(("body".to_owned(), Box::new(move |call| call.body(body.clone().into()))));
    }
    are_refused_everywhere(&world, &attempts).await;
    for (method, path) in guarded() {
        for name in ["access_token", "accessToken", "authorization", "token"] {
            let asked = format!("{path}?{name}={token}");
            let without = world.call(&method, &path).is(401).await;
            assert_eq!(world.call(&method, &asked).is(401).await.seen(), without.seen(), "{method} {asked}");
        }
    }
}

/// What gateways and proxies tell the program behind them about a caller whom they know.
fn claims_of_a_gateway(user: &str) -> Vec<(&'static str, String)> {
    let claims = json!({"sub": user, "token_use": "access"});
    let context = json!({"authorizer": {"jwt": {"claims": claims}, "claims": claims, "principalId": user}});
    vec![
        ("x-amzn-request-context", context.to_string()),
        ("x-apigateway-event", json!({"requestContext": context}).to_string()),
        ("x-apigateway-event", encode(&json!({"requestContext": context}))),
        ("x-amzn-oidc-identity", user.to_owned()),
        ("x-amzn-oidc-data", format!("{}.{}.", encode(&json!({"alg": "none"})), encode(&claims))),
        ("x-forwarded-user", user.to_owned()),
        ("x-user-id", user.to_owned()),
        ("remote-user", user.to_owned()),
    ]
}

#[tokio::test]
async fn what_a_gateway_would_say_is_not_believed_from_a_client() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let of_bob = world.get("/v1/me").by(&bob).is(200).await.json();
    let user = of_bob["userId"].as_str().unwrap();
    let mut attempts: Vec<Attempt> = Vec::new();
    for (name, value) in claims_of_a_gateway(user) {
        let me = world.get("/v1/me").by(&alice).header(name, &value).is(200).await.json();
        assert_eq!(me["name"], "alice", "{name}");
        attempts.push((name.to_owned(), Box::new(move |call| call.header(name, &value))));
    }
    let event = json!({"requestContext": {"authorizer": {"jwt": {"claims": {"sub": user}}}}}).to_string();
    attempts.push(("an event as the body".to_owned(), Box::new(move |call| call.body(event.clone().into()))));
    are_refused_everywhere(&world, &attempts).await;
}

#[tokio::test]
async fn no_secret_that_somebody_could_know_signs_a_token() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let user = world.get("/v1/me").by(&alice).is(200).await.json()["userId"].as_str().unwrap().to_owned();
    let keys = world.get("/.well-known/jwks.json").is(200).await;
    let (key, claims) = (keys.json()["keys"][0].clone(), alice.token().split('.').nth(1).unwrap());
    let header = encode(&json!({"alg": "HS256", "kid": key["kid"]}));
    let message = format!("{header}.{claims}");
    let coordinate = BASE64_URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let published = [keys.body.as_slice(), &coordinate, key["kid"].as_str().unwrap().as_bytes()];
    let guessed = ["", "secret", "dev", "local", "test", "changeme", "wishlist", "http://127.0.0.1:3000", PASSWORD];
    let mut values = Vec::new();
    for secret in guessed.iter().map(|text| text.as_bytes()).chain(published) {
        let code = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
        values.push(("a code", format!("Bearer {message}.{}", BASE64_URL_SAFE_NO_PAD.encode(code))));
    }
    for text in ["dev", "local", "test", "secret", "alice", "alice@example.com", &user, "wishlist", "null", PASSWORD] {
        values.push(("a word", format!("Bearer {text}")));
    }
    are_refused_everywhere(&world, &authorizations(values)).await;
}

/// Access tokens are checked without a look at sessions: what ends with a sign-out, and what only within the hour.
#[tokio::test]
async fn an_access_token_outlives_its_session_by_an_hour_at_most() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    let credentials = json!({"email": "alice@example.com", "password": PASSWORD});
    let elsewhere = Person { session: world.post("/v1/auth/sign-in").json(&credentials).is(200).await.json() };
    world.post("/v1/auth/sign-out").by(&alice).is(204).await;
    for session in [&alice, &elsewhere] {
        let refresh = json!({"refreshToken": session.session["refreshToken"]});
        assert_eq!(world.post("/v1/auth/refresh").json(&refresh).is(401).await.code(), "unauthenticated");
        world.get("/v1/me").by(session).is(200).await;
    }
    world.clock.advance(Duration::from_hours(1) + Duration::from_secs(31));
    for session in [&alice, &elsewhere] {
        world.get("/v1/me").by(session).is(401).await;
    }
}
