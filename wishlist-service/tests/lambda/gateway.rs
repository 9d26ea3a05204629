//! An HTTP API of API Gateway in front of the `api` role: requests become events (payload format 2.0), answers responses.

use serde_json::{Value, json};

use crate::function::Function;

/// The event of a request.
pub(crate) fn event(method: &str, path_and_query: &str, token: Option<&str>, body: Option<&Value>) -> Value {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let mut headers = json!({ "accept": "*/*", "host": "api.example.com", "x-forwarded-proto": "https" });
    if let Some(token) = token {
        headers["authorization"] = json!(format!("Bearer {token}"));
    }
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3", "domainName": "api.example.com", "domainPrefix": "api",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "test" },
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": "$default", "stage": "$default",
            "time": "26/Nov/2026:19:03:58 +0000", "timeEpoch": 1_795_719_838_000_u64,
        },
        "isBase64Encoded": false,
    });
    if !query.is_empty() {
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        event["queryStringParameters"] = pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    }
    if let Some(body) = body {
        event["headers"]["content-type"] = json!("application/json");
        event["body"] = json!(body.to_string());
    }
    event
}

/// Calls the API with a request; answers its status and its body.
pub(crate) async fn request(
    api: &Function,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u64, Value) {
    read(&api.call(event(method, path, token, body)).await.unwrap())
}

/// The status and the body of an answer.
pub(crate) fn read(answer: &Value) -> (u64, Value) {
    let body = answer["body"].as_str().unwrap_or_default();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() };
    (answer["statusCode"].as_u64().unwrap(), body)
}

/// A person who is signed up, confirmed and in.
pub(crate) struct Caller<'a> {
    pub(crate) api: &'a Function,
    pub(crate) tokens: Value,
}

impl<'a> Caller<'a> {
    pub(crate) async fn sign_up(api: &'a Function, email: &str) -> Self {
        let person = json!({ "email": email, "password": "Correct-horse-7-battery" });
        let (status, answer) = request(api, "POST", "/v1/auth/sign-up", None, Some(&person)).await;
        assert_eq!((status, &answer["confirmationRequired"]), (201, &json!(true)), "{answer}");
        let confirmed = json!({ "email": email, "code": "123456" });
        let (status, answer) = request(api, "POST", "/v1/auth/confirm", None, Some(&confirmed)).await;
        assert_eq!(status, 204, "{answer}");
        let (status, tokens) = request(api, "POST", "/v1/auth/sign-in", None, Some(&person)).await;
        assert_eq!(status, 200, "{tokens}");
        Self { api, tokens }
    }

    fn token(&self) -> Option<&str> {
        self.tokens["accessToken"].as_str()
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u64, Value) {
        request(self.api, method, path, self.token(), body).await
    }

    /// Sends a request that has to be answered with this status, and answers the body.
    pub(crate) async fn expect(&self, status: u64, method: &str, path: &str, body: Option<Value>) -> Value {
        let (answered, answer) = self.send(method, path, body.as_ref()).await;
        assert_eq!(answered, status, "{method} {path}: {answer}");
        answer
    }

    /// A new wishlist's path.
    pub(crate) async fn wishlist(&self) -> String {
        let list = self.expect(201, "POST", "/v1/wishlists", Some(json!({ "name": "Birthday" }))).await;
        format!("/v1/wishlists/{}", list["id"].as_str().unwrap())
    }
}
