//! The emulator, as the tests find it.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_dynamodb::types::TimeToLiveSpecification;

use super::connector::Connector;
use crate::clock::{Clock, Random as _, SystemRandom};
use crate::table::dynamodb::create_table;
use crate::table::layout::EXPIRES;
use crate::table::{Creation, DynamoTable};

/// Where the emulator answers; `cargo xtask test aws` sets it.
const ENDPOINT: &str = "WISHLIST_TEST_MINISTACK";

/// The name of every test's table. Each has an account of its own.
pub(super) const TABLE: &str = "SmartWishlist";

/// An account of the emulator, nobody else's.
#[derive(Clone, Debug)]
pub(crate) struct Emulator {
    endpoint: String,
    account: String,
}

impl Emulator {
    /// A new account, where there is an emulator.
    #[expect(clippy::disallowed_methods, reason = "the one thing that a test command tells its tests")]
    pub(crate) fn find() -> Option<Self> {
        let endpoint = std::env::var(ENDPOINT).ok()?;
        // Of two tests that draw one number of a million million both would fail, and neither pass by it.
        let account = format!("{:012}", SystemRandom.below(1_000_000_000_000));
        Some(Self { endpoint, account })
    }

    /// A new account.
    pub(super) fn started() -> Self {
        Self::find().unwrap_or_else(|| panic!("these tests need an emulator: run `cargo xtask test aws`"))
    }

    /// For requests that do not arrive anywhere.
    pub(super) fn nowhere() -> Self {
        Self { endpoint: "http://127.0.0.1:9".to_owned(), account: "nobody".to_owned() }
    }

    pub(super) fn client(&self, connector: Connector) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new(&self.account, "secret", None, None, "tests"))
            .endpoint_url(&self.endpoint)
            .http_client(connector);
        Client::from_conf(config.build())
    }

    /// The account's table, made by this call.
    pub(crate) async fn table(&self, clock: &Arc<impl Clock + 'static>) -> DynamoTable {
        let client = self.client(Connector::plain());
        assert_eq!(create_table(&client, TABLE).await.unwrap(), Creation::Made);
        // The emulator removes what has expired by the machine's clock, and the tests have their own.
        let off = TimeToLiveSpecification::builder().enabled(false).attribute_name(EXPIRES).build().unwrap();
        client.update_time_to_live().table_name(TABLE).time_to_live_specification(off).send().await.unwrap();
        Self::table_over(&client, clock)
    }

    /// The account's table by a client.
    pub(super) fn table_over(client: &Client, clock: &Arc<impl Clock + 'static>) -> DynamoTable {
        // The emulator does one thing at a time, and many tests ask it at once.
        DynamoTable::new(client, TABLE, clock.clone(), Arc::new(SystemRandom)).with_patience(Duration::from_mins(2))
    }
}
