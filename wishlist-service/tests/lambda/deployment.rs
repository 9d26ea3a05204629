//! A deployment of its own for each test: a table, a queue and a user pool, under names that no other has.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{ExplicitAuthFlowsType, UsernameAttributeType};
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use aws_smithy_http_client::Builder;
use serde_json::{Value, json};
use wishlist_core::clock::{Random, SystemRandom};

use crate::function::{Function, command};

/// Where the emulator answers.
const EMULATOR: &str = "WISHLIST_TEST_MINISTACK";

const REGION: &str = "eu-central-1";

/// The key of the account that the emulator takes calls without a signature for, as those to sign up and in are.
const ACCOUNT: &str = "test";

pub(crate) struct Deployment {
    endpoint: String,
    table: String,
    queue: String,
    pool: String,
    client: String,
    sqs: aws_sdk_sqs::Client,
}

impl Deployment {
    pub(crate) async fn make() -> Self {
        #[expect(clippy::disallowed_methods, reason = "one of the two things that the test command tells its tests")]
        let endpoint =
            std::env::var(EMULATOR).unwrap_or_else(|_| panic!("`{EMULATOR}` is not set; run `cargo xtask test aws`"));
        let number = SystemRandom.below(u64::MAX);
        let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .region(REGION)
            .endpoint_url(&endpoint)
            .credentials_provider(aws_sdk_sqs::config::Credentials::new(ACCOUNT, "secret", None, None, "tests"))
            .http_client(Builder::new().build_http())
            .load()
            .await;
        let sqs = aws_sdk_sqs::Client::new(&config);
        let queue = sqs.create_queue().queue_name(format!("visits-{number}")).send().await.unwrap().queue_url.unwrap();
        let (pool, client) = user_pool(&aws_sdk_cognitoidentityprovider::Client::new(&config)).await;
        let table = format!("wishlists-{number}");
        let deployment = Self { endpoint, table, queue, pool, client, sqs };
        deployment.create_table();
        deployment
    }

    /// By the program's own command; a second time changes nothing.
    fn create_table(&self) {
        for said in ["was made", "was there already"] {
            let mut command = command("");
            command.env_remove("_HANDLER").arg("create-table").envs(self.environment());
            let output = command.output().unwrap();
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(told.contains(said), "{told} {}", String::from_utf8_lossy(&output.stderr));
        }
    }

    /// What a function is told of it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("DYNAMODB_TABLE_NAME", self.table.clone()),
            ("SQS_QUEUE_URL", self.queue.clone()),
            ("COGNITO_USER_POOL_ID", self.pool.clone()),
            ("COGNITO_USER_POOL_CLIENT_ID", self.client.clone()),
            ("COGNITO_JWKS_URL", format!("{}/{}/.well-known/jwks.json", self.endpoint, self.pool)),
            // The shop of the tests is on loopback.
            ("WISHLIST_ALLOW_PRIVATE_ADDRESSES", "true".to_owned()),
        ]
    }

    pub(crate) async fn start(&self, handler: &str) -> Function {
        Function::start(handler, &self.environment()).await
    }

    /// The messages that are in the queue now.
    pub(crate) async fn receive(&self) -> Vec<Message> {
        let asked = self.sqs.receive_message().queue_url(&self.queue).max_number_of_messages(10).wait_time_seconds(2);
        let asked = asked.message_system_attribute_names(MessageSystemAttributeName::All);
        asked.send().await.unwrap().messages.unwrap_or_default()
    }

    /// Does what the event source of a worker does until the queue is empty: calls it with batches, and deletes what it does
    /// not name.
    pub(crate) async fn feed(&self, worker: &Function) {
        loop {
            let messages = self.receive().await;
            if messages.is_empty() {
                return;
            }
            let answer = worker.call(batch(&messages.iter().map(record).collect::<Vec<_>>())).await.unwrap();
            let named: Vec<_> = answer["batchItemFailures"].as_array().unwrap().iter().collect();
            for message in messages {
                if named.iter().all(|failure| failure["itemIdentifier"] != json!(message.message_id)) {
                    let receipt = message.receipt_handle.unwrap();
                    self.sqs.delete_message().queue_url(&self.queue).receipt_handle(receipt).send().await.unwrap();
                }
            }
        }
    }

    /// Waits until an item is no longer pending, feeding the worker meanwhile.
    pub(crate) async fn settled(&self, worker: &Function, find: impl AsyncFn() -> Value) -> Value {
        for _ in 0..60 {
            self.feed(worker).await;
            let item = find().await;
            if item["status"] != "pending" {
                return item;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("the item is still pending: {}", find().await);
    }
}

/// A pool whose people sign in by address and password, and its client.
async fn user_pool(cognito: &aws_sdk_cognitoidentityprovider::Client) -> (String, String) {
    let made = cognito.create_user_pool().pool_name("people").username_attributes(UsernameAttributeType::Email);
    let pool = made.send().await.unwrap().user_pool.unwrap().id.unwrap();
    let client = cognito
        .create_user_pool_client()
        .user_pool_id(&pool)
        .client_name("program")
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
        .send()
        .await
        .unwrap();
    (pool, client.user_pool_client.unwrap().client_id.unwrap())
}

/// A message as the event source of a function hands it over.
pub(crate) fn record(message: &Message) -> Value {
    let attributes = message.attributes.clone().unwrap_or_default();
    let attributes: serde_json::Map<_, _> =
        attributes.into_iter().map(|(name, value)| (name.as_str().to_owned(), value.into())).collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:visits",
        "awsRegion": REGION,
    })
}

pub(crate) fn batch(records: &[Value]) -> Value {
    json!({ "Records": records })
}
