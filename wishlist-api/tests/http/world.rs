//! A service with its people, and calls to it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use tower::ServiceExt;
use wishlist_api::{Api, router};
use wishlist_core::clock::{ManualClock, SystemRandom, Timestamp};
use wishlist_core::operations::Engine;
use wishlist_core::queue::{NoQueue, Queue};
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_identity::local::{HashingCost, LocalProvider, LocalSettings};

use crate::contract;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A service over an empty table.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) engine: Engine,
    router: Router,
}

/// A signed-in person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) session: Value,
}

impl Person {
    pub(crate) fn token(&self) -> &str {
        self.session["accessToken"].as_str().unwrap()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = Self::clock();
        let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
        Self::over(clock, table.clone(), table, Arc::new(NoQueue)).await
    }

    /// A service whose engine and whose provider have a table each.
    pub(crate) async fn over(
        clock: Arc<ManualClock>,
        records: Arc<dyn Table>,
        accounts: Arc<dyn Table>,
        queue: Arc<dyn Queue>,
    ) -> Self {
        let random = Arc::new(SystemRandom);
        let engine = Engine::new(records, queue, clock.clone(), random.clone());
        let settings = LocalSettings {
            issuer: "http://127.0.0.1:3000".to_owned(),
            client_id: "wishlist".to_owned(),
            hashing: HashingCost::LEAST,
        };
        let ids = engine.ids().clone();
        let provider = Arc::new(LocalProvider::open(accounts, clock.clone(), ids, random, settings).await.unwrap());
        let verifier = Arc::new(provider.verifier());
        Self { clock, engine: engine.clone(), router: router(Api { engine, provider, verifier }) }
    }

    pub(crate) fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)))
    }

    /// Signs a person up and in.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let email = format!("{name}@example.com");
        self.post("/v1/auth/sign-up").json(&json!({"email": email, "password": PASSWORD, "name": name})).is(201).await;
        let session = self.post("/v1/auth/sign-in").json(&json!({"email": email, "password": PASSWORD})).is(200).await;
        Person { session: session.json() }
    }

    /// A new wishlist's path.
    pub(crate) async fn list(&self, of: &Person) -> String {
        self.post("/v1/wishlists").by(of).json(&json!({"name": "Birthday"})).is(201).await.location()
    }

    /// A new item's path.
    pub(crate) async fn item(&self, of: &Person, list: &str, draft: Value) -> String {
        self.post(&format!("{list}/items")).by(of).json(&draft).is(201).await.location()
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call(&Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call(&Method::POST, path)
    }

    pub(crate) fn put(&self, path: &str) -> Call {
        self.call(&Method::PUT, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call {
        self.call(&Method::DELETE, path)
    }

    pub(crate) fn call(&self, method: &Method, path: &str) -> Call {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        Call { router: self.router.clone(), request }
    }
}

/// A call that is being put together.
pub(crate) struct Call {
    router: Router,
    request: Request<Body>,
}

impl Call {
    pub(crate) fn by(self, person: &Person) -> Self {
        let bearer = format!("Bearer {}", person.token());
        self.header(AUTHORIZATION.as_str(), &bearer)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request.headers_mut().append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw(&body.to_string())
    }

    pub(crate) fn raw(self, body: &str) -> Self {
        self.body(Body::from(body.to_owned())).header(CONTENT_TYPE.as_str(), "application/json")
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        *self.request.body_mut() = body;
        self
    }

    /// The answer, held against the document.
    pub(crate) async fn send(self) -> Answer {
        let (method, path) = (self.request.method().clone(), self.request.uri().path().to_owned());
        let answer = Answer::read(self.router.oneshot(self.request).await.unwrap()).await;
        contract::check(&method, &path, &answer);
        answer
    }

    /// The answer, which has to have this status.
    pub(crate) async fn is(self, status: u16) -> Answer {
        let answer = self.send().await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        answer
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> String {
        self.header("location").to_owned()
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The pointers of the refused fields.
    pub(crate) fn pointers(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }

    /// All that a caller may tell two answers apart by, the request's id aside.
    pub(crate) fn seen(&self) -> (StatusCode, Vec<(String, String)>, String) {
        let id = self.header("x-request-id");
        let headers = self.headers.iter().filter(|(name, _)| *name != "x-request-id");
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        (self.status, headers, self.text().replace(id, "ID"))
    }
}
