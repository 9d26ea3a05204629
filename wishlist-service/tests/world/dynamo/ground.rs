//! The ground of DynamoDB's table over the model.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Region};
use wishlist_core::Result;
use wishlist_core::check::Source;
use wishlist_core::clock::{Clock, SeededRandom};
use wishlist_core::table::{Change, DynamoTable, Key, Page, Query, Record, Table};

use super::connector::Model;
use super::operations::TABLE;
use crate::world::Ground;

/// The table over the model, which can be looked at from below.
pub(super) struct ModelTable {
    table: DynamoTable,
    model: Model,
    clock: Arc<dyn Clock>,
}

impl ModelTable {
    pub(super) fn new(clock: Arc<dyn Clock>, seed: u64) -> (Self, Model) {
        let model = Model::default();
        // Nobody signs what nobody checks.
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .allow_no_auth()
            .endpoint_url("http://model.invalid")
            .http_client(model.clone());
        let client = Client::from_conf(config.build());
        let table = DynamoTable::new(&client, TABLE, clock.clone(), Arc::new(SeededRandom::new(!seed)));
        (Self { table, model: model.clone(), clock }, model)
    }
}

/// The ground of a world on the model.
pub(crate) fn dynamo(clock: Arc<dyn Clock>, seed: u64) -> Ground {
    let (table, model) = ModelTable::new(clock, seed);
    let mended = model.clone();
    let wire = Box::new(move |fault, behind| model.arm(fault, behind));
    Ground { table: Arc::new(table), wire, mend: Box::new(move || mended.mend()) }
}

#[async_trait]
impl Table for ModelTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        self.table.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.table.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        self.table.commit(changes).await
    }
}

impl Source for ModelTable {
    fn each(&self, see: &mut dyn FnMut(Key, Option<Record>) -> Result<()>) -> Result<()> {
        self.model.each(see)
    }

    fn find(&self, key: &Key) -> Result<Option<Record>> {
        let now = self.clock.now();
        Ok(self.model.find(key)?.filter(|record| record.expires_at.is_none_or(|at| at > now)))
    }
}

impl fmt::Debug for ModelTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ModelTable")
    }
}
