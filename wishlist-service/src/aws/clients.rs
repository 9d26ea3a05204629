//! The clients of AWS' services, made by hand: what the SDK would look up at a start is given to it, and all of them share one
//! pool of connections.

use std::time::Duration;

use anyhow::Result;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use rustls::ClientConfig;

use super::connector::Connector;
use super::roots;
use crate::config::Place;

/// An answer takes some milliseconds, one to a sign-in some hundred; what takes longer is asked for anew.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Somebody waits while a message is sent, and what is lost comes with the next sweep: an attempt, and all attempts.
const HINT_TIMEOUT: Duration = Duration::from_secs(1);
const HINT_TIME: Duration = Duration::from_secs(3);

/// Mailing a code and checking a password take their time.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(6);

/// SQS answers a poll after twenty seconds at the latest.
const POLL_TIMEOUT: Duration = Duration::from_secs(25);

/// Where credentials come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credentials {
    /// The environment, which has a function's own for as long as the function lives.
    OfTheFunction,
    /// The first of the places that the SDK looks at: variables, a profile's keys or role, a web identity, the container, the
    /// instance.
    AsToolsDo,
}

/// Makes the clients of one process. Cheap to clone.
#[derive(Clone)]
pub(super) struct Clients {
    config: SdkConfig,
    place: Place,
    tls: ClientConfig,
}

impl Clients {
    pub(super) async fn new(place: Place, credentials: Credentials) -> Result<Self> {
        let tls = roots::trusted(place.ca_bundle.as_deref())?;
        let http_client = Connector::new(tls.clone());
        let timeouts = answered_within(ANSWER_TIMEOUT);
        let region = Region::new(place.region.clone());
        let config = match credentials {
            Credentials::OfTheFunction => SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(region)
                .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
                .timeout_config(timeouts)
                .http_client(http_client)
                .build(),
            Credentials::AsToolsDo => {
                let loader = aws_config::defaults(BehaviorVersion::latest()).region(region);
                loader.timeout_config(timeouts).http_client(http_client).load().await
            }
        };
        Ok(Self { config, place, tls })
    }

    pub(super) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config);
        config.set_endpoint_url(self.place.dynamodb.clone());
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// To send messages with.
    pub(super) fn sqs(&self) -> aws_sdk_sqs::Client {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(HINT_TIMEOUT).operation_timeout(HINT_TIME);
        self.sqs_within(timeouts.build())
    }

    /// To wait for messages with.
    pub(super) fn polling_sqs(&self) -> aws_sdk_sqs::Client {
        self.sqs_within(answered_within(POLL_TIMEOUT))
    }

    fn sqs_within(&self, timeouts: TimeoutConfig) -> aws_sdk_sqs::Client {
        let mut config = aws_sdk_sqs::config::Builder::from(&self.config);
        config.set_endpoint_url(self.place.sqs.clone()).set_timeout_config(Some(timeouts));
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    pub(super) fn cognito(&self) -> aws_sdk_cognitoidentityprovider::Client {
        let mut config = aws_sdk_cognitoidentityprovider::config::Builder::from(&self.config);
        config.set_endpoint_url(self.place.cognito.clone());
        // A code and a refresh token work once: a second attempt behind a lost reply would be refused, and a mail would come
        // twice. Who asked is told that the outcome is not known.
        config.set_retry_config(Some(RetryConfig::disabled()));
        config.set_timeout_config(Some(answered_within(SIGN_IN_TIMEOUT)));
        aws_sdk_cognitoidentityprovider::Client::from_conf(config.build())
    }

    /// Whom all of them trust.
    pub(super) fn tls(&self) -> ClientConfig {
        self.tls.clone()
    }
}

/// An attempt that gets so long, its connection included.
fn answered_within(timeout: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(timeout).build()
}
