//! A service with its people, and calls to it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use tower::ServiceExt;
use wishlist_api::{Api, HttpRules, router, router_with};
use wishlist_core::clock::{ManualClock, SystemRandom, Timestamp};
use wishlist_core::model::{Money, PageKind, PageUrl, Product};
use wishlist_core::operations::{Engine, Preview, Previewed};
use wishlist_core::queue::{NoQueue, Queue};
use wishlist_core::table::{EmbeddedTable, Table};
use wishlist_core::{Error, Kind};
use wishlist_identity::local::{Confirmation, HashingCost, LocalProvider, LocalSettings};
use wishlist_identity::{Mail, Mailer};

use crate::contract;
use crate::hostile;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Looks at pages without a network: a shop that sells kettles, one that is down and one that is busy.
#[derive(Debug)]
struct Shops;

#[async_trait]
impl Preview for Shops {
    async fn preview(&self, url: &PageUrl) -> wishlist_core::Result<Previewed> {
        let product = Product {
            title: Some("Kettle".to_owned()),
            price: Money::new("19.99", "EUR".parse().unwrap()).ok(),
            ..Product::default()
        };
        if let Some(read) = hostile::preview(url).filter(|_| url.host() == "hostile.example") {
            return Ok(read);
        }
        match url.host() {
            "down.example" => Err(Error::new(Kind::Unprocessable, "the shop could not be reached")),
            "busy.example" => Err(Error::rate_limited("the shop is being visited", Duration::from_millis(2500))),
            _ => Ok(Previewed {
                kind: PageKind::Product,
                product,
                sources: [("title".to_owned(), "json_ld".to_owned())].into(),
            }),
        }
    }
}

/// A service over an empty table.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) engine: Engine,
    api: Api,
    pub(crate) mailbox: Arc<Mailbox>,
    router: Router,
}

/// Where the provider's mails arrive.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Vec<Mail>>);

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> wishlist_core::Result<()> {
        self.0.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

impl Mailbox {
    /// The code of the last mail, if one has come since this was last asked. The outbox has a task of its own, which is
    /// let finish.
    pub(crate) async fn code(&self) -> Option<String> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        let last = std::mem::take(&mut *self.0.lock().unwrap()).pop()?;
        last.message.code().map(|code| code.expose().to_owned())
    }
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

    /// A service that confirms addresses by mail.
    pub(crate) async fn by_code() -> Self {
        let clock = Self::clock();
        let table = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
        Self::by_code_over(clock, table.clone(), table).await
    }

    /// The same over a table of the engine's and one of the provider's.
    pub(crate) async fn by_code_over(
        clock: Arc<ManualClock>,
        records: Arc<dyn Table>,
        accounts: Arc<dyn Table>,
    ) -> Self {
        Self::confirming(clock, records, accounts, Arc::new(NoQueue), Confirmation::ByCode).await
    }

    /// A service whose engine and whose provider have a table each.
    pub(crate) async fn over(
        clock: Arc<ManualClock>,
        records: Arc<dyn Table>,
        accounts: Arc<dyn Table>,
        queue: Arc<dyn Queue>,
    ) -> Self {
        Self::confirming(clock, records, accounts, queue, Confirmation::AtOnce).await
    }

    async fn confirming(
        clock: Arc<ManualClock>,
        records: Arc<dyn Table>,
        accounts: Arc<dyn Table>,
        queue: Arc<dyn Queue>,
        confirmation: Confirmation,
    ) -> Self {
        let random = Arc::new(SystemRandom);
        let engine = Engine::new(records, queue, clock.clone(), random.clone()).with_preview(Arc::new(Shops));
        let settings = LocalSettings {
            issuer: "http://127.0.0.1:3000".to_owned(),
            client_id: "wishlist".to_owned(),
            hashing: HashingCost::LEAST,
            confirmation,
            key_life: LocalSettings::KEY_LIFE,
        };
        let (ids, mailbox) = (engine.ids().clone(), Arc::new(Mailbox::default()));
        let provider = LocalProvider::open(accounts, clock.clone(), ids, random, mailbox.clone(), settings).await;
        let provider = Arc::new(provider.unwrap());
        let verifier = Arc::new(provider.verifier());
        let api = Api { engine: engine.clone(), provider, verifier };
        Self { clock, engine, mailbox, router: router(api.clone()), api }
    }

    /// The same service under other rules.
    pub(crate) fn under(self, rules: &HttpRules) -> Self {
        Self { router: router_with(self.api.clone(), rules), ..self }
    }

    pub(crate) fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)))
    }

    /// Signs a person up and in.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let email = format!("{name}@example.com");
        let new = json!({"email": email, "password": PASSWORD, "name": name});
        if self.post("/v1/auth/sign-up").json(&new).is(201).await.json()["confirmationRequired"] == true {
            let code = self.mailbox.code().await.unwrap();
            self.post("/v1/auth/confirm").json(&json!({"email": email, "code": code})).is(204).await;
        }
        let session = self.post("/v1/auth/sign-in").json(&json!({"email": email, "password": PASSWORD})).is(200).await;
        Person { session: session.json() }
    }

    /// A person who is known, signed in anew.
    pub(crate) async fn again(&self, name: &str) -> Person {
        let credentials = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        Person { session: self.post("/v1/auth/sign-in").json(&credentials).is(200).await.json() }
    }

    /// All that is held about a person, as they export it.
    pub(crate) async fn state(&self, of: &Person) -> Value {
        let (mut records, mut path) = (Vec::new(), "/v1/me/export".to_owned());
        loop {
            let page = self.get(&path).by(of).is(200).await.json();
            records.extend(page["items"].as_array().unwrap().clone());
            match page["nextCursor"].as_str() {
                Some(cursor) => path = format!("/v1/me/export?cursor={cursor}"),
                None => return Value::Array(records),
            }
        }
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

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.header_bytes(name, value.as_bytes())
    }

    pub(crate) fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw(&body.to_string())
    }

    pub(crate) fn raw(self, body: &str) -> Self {
        self.body(Body::from(body.to_owned())).header(CONTENT_TYPE.as_str(), "application/json")
    }

    /// The call with other bytes for a body, as JSON.
    pub(crate) fn instead(self, body: Vec<u8>) -> Self {
        self.bare().body(body.into()).header(CONTENT_TYPE.as_str(), "application/json")
    }

    /// The call without a body.
    pub(crate) fn bare(mut self) -> Self {
        self.request.headers_mut().remove(CONTENT_TYPE);
        self.body(Body::empty())
    }

    /// The call as a server hands it on that was called from this address.
    pub(crate) fn from(mut self, peer: [u8; 4]) -> Self {
        self.request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 4711))));
        self
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
