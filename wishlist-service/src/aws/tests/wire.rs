//! The way to DynamoDB, on which a process may die and requests may be lost.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use tokio::sync::Semaphore;
use wishlist_core::clock::{Random, SeededRandom};

use super::world::{connector, emulator};

/// What becomes of a request, and of the process that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It arrives, and so does its answer.
    Arrives,
    /// The process dies before it has had its effect.
    DiesBefore,
    /// The process dies after that, and before the answer.
    DiesAfter,
    /// It does not arrive.
    IsLost,
    /// It arrives, and its answer does not.
    LosesItsReply,
    /// It is told to come again.
    IsThrottled,
}

type Next = Box<dyn FnMut() -> Fate + Send>;

/// Decides what becomes of each request in turn.
pub(super) struct Fates {
    next: Mutex<Next>,
    /// All that happened so far.
    met: Mutex<BTreeSet<Fate>>,
    died: Semaphore,
}

impl Fates {
    /// Everything arrives.
    pub(super) fn calm() -> Arc<Self> {
        Arc::new(Self { next: Mutex::new(Box::new(|| Fate::Arrives)), met: Mutex::default(), died: Semaphore::new(0) })
    }

    /// Everything arrives from now on.
    pub(super) fn be_calm(&self) {
        self.become_so(|| Fate::Arrives);
    }

    /// Behind `calls` requests that arrive, one has this fate.
    pub(super) fn strike_after(&self, calls: usize, fate: Fate) {
        let mut left = calls;
        self.become_so(move || {
            if left == 0 {
                return fate;
            }
            left -= 1;
            Fate::Arrives
        });
    }

    /// Every third request goes wrong in a way of its own, the same in every run.
    pub(super) fn storm(&self, seed: u64) {
        let random = SeededRandom::new(seed);
        self.become_so(move || {
            let mut byte = [0];
            random.fill(&mut byte);
            match byte[0] % 9 {
                0 => Fate::IsLost,
                1 => Fate::LosesItsReply,
                2 => Fate::IsThrottled,
                _ => Fate::Arrives,
            }
        });
    }

    fn become_so(&self, next: impl FnMut() -> Fate + Send + 'static) {
        *self.next.lock().unwrap() = Box::new(next);
    }

    fn next(&self) -> Fate {
        let fate = (self.next.lock().unwrap())();
        self.met.lock().unwrap().insert(fate);
        fate
    }

    /// All that happened so far.
    pub(super) fn met(&self) -> BTreeSet<Fate> {
        self.met.lock().unwrap().clone()
    }

    /// Does something whose answer is `None` where none arrives.
    pub(super) async fn pass<T>(&self, effect: impl Future<Output = T>) -> Option<T> {
        match self.next() {
            Fate::Arrives => Some(effect.await),
            Fate::DiesBefore => self.die().await,
            Fate::DiesAfter => {
                effect.await;
                self.die().await
            }
            Fate::IsLost | Fate::IsThrottled => None,
            Fate::LosesItsReply => {
                effect.await;
                None
            }
        }
    }

    async fn die(&self) -> ! {
        self.died.add_permits(1);
        std::future::pending().await
    }

    /// Waits until the process dies.
    pub(super) async fn death(&self) {
        self.died.acquire().await.unwrap().forget();
    }
}

impl fmt::Debug for Fates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fates").finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
struct Wire {
    inner: SharedHttpConnector,
    fates: Arc<Fates>,
}

impl Wire {
    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let lost = || ConnectorError::io("the connection was closed".into());
        match self.fates.next() {
            Fate::Arrives => self.inner.call(request).await,
            Fate::DiesBefore => self.fates.die().await,
            Fate::DiesAfter => {
                drop(self.inner.call(request).await);
                self.fates.die().await
            }
            Fate::IsLost => Err(lost()),
            Fate::LosesItsReply => {
                drop(self.inner.call(request).await);
                Err(lost())
            }
            Fate::IsThrottled => {
                let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"too fast"}"#;
                Ok(HttpResponse::new(400.try_into().unwrap(), SdkBody::from(body)))
            }
        }
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}

/// A client of the emulator whose requests have these fates.
pub(super) fn client(fates: &Arc<Fates>) -> Client {
    let (plain, fates) = (connector(), Arc::clone(fates));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(emulator())
        .credentials_provider(Credentials::new("test", "secret", None, None, "tests"))
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |settings, components| {
            let inner = plain.http_connector(settings, components);
            SharedHttpConnector::new(Wire { inner, fates: Arc::clone(&fates) })
        }));
    Client::from_conf(config.build())
}
