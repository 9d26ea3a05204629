//! A Cognito that answers what it is told, at the SDK's connection: for what no emulator answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::config::timeout::TimeoutConfig;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cognitoidentityprovider::{Client, Config};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use wishlist_core::clock::{SystemClock, SystemRandom};
use wishlist_core::ids::Ids;
use wishlist_identity::cognito::CognitoSettings;
use wishlist_identity::{CognitoIdentity, Secret};

/// What is answered to one request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// With 200.
    Done(Value),
    /// With 400, an exception's name and its message.
    Refused(&'static str, &'static str),
    /// With a status and no JSON.
    Status(u16),
    /// Nothing, ever.
    Silence,
    /// The connection is refused.
    Unreachable,
}

/// A request that came: the operation's name and its input.
pub(crate) type Came = (String, Value);

/// The answers that are left, and the requests that came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    left: Arc<Mutex<VecDeque<Answer>>>,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Answers {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { left: Arc::new(Mutex::new(answers.into_iter().collect())), came: Arc::default() }
    }

    /// The requests so far; every answer has to have been asked for.
    pub(crate) fn came(&self) -> Vec<Came> {
        assert!(self.left.lock().unwrap().is_empty(), "an answer was not asked for");
        self.came.lock().unwrap().clone()
    }

    /// A provider that gets these answers, each asked for once.
    pub(crate) fn provider(&self, client_secret: Option<&str>) -> CognitoIdentity {
        self.provider_with(client_secret, RetryConfig::disabled())
    }

    pub(crate) fn provider_with(&self, client_secret: Option<&str>, retries: RetryConfig) -> CognitoIdentity {
        let connector = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "tests"))
            .retry_config(retries)
            .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(3)).build())
            .http_client(http_client_fn(move |_, _| connector.clone()));
        let settings = CognitoSettings {
            user_pool_id: "eu-central-1_AbCdEfGhI".to_owned(),
            client_id: "client".to_owned(),
            client_secret: client_secret.map(Secret::from),
        };
        let ids = Ids::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        CognitoIdentity::new(Client::from_conf(config.build()), ids, settings)
    }
}

impl HttpConnector for Answers {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap().rsplit('.').next().unwrap().to_owned();
        let input = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.came.lock().unwrap().push((operation.clone(), input));
        let answer = self.left.lock().unwrap().pop_front();
        let answer = answer.unwrap_or_else(|| panic!("`{operation}` was not expected"));
        HttpConnectorFuture::new(reply(answer))
    }
}

async fn reply(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let (status, body) = match answer {
        Answer::Done(output) => (200, output.to_string()),
        Answer::Refused(name, message) => (400, json!({ "__type": name, "message": message }).to_string()),
        Answer::Status(status) => (status, "<html>".to_owned()),
        Answer::Silence => std::future::pending().await,
        Answer::Unreachable => return Err(ConnectorError::io("connection refused".into())),
    };
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
    response.headers_mut().insert("x-amzn-requestid", "11111111-2222");
    Ok(response)
}
