//! The table as callers have it: what is read, in as many requests as one call takes.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::StalledStreamProtectionConfig;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::attributes::{of_key, of_place};
use super::bounded::Bounded;
use super::counted;
use super::fault::{Fault, refused};
use super::range::Range;
use super::reading::{Reading, Slot};
use super::response::Response;
use super::tries::Tries;
use crate::clock::{Clock, Random, Timestamp};
use crate::error::Result;
use crate::table::cost::Operation;
use crate::table::{Change, Direction, Key, Page, Query, Record, Table, check_keys, check_limits};

/// For how long a call is tried.
const PATIENCE: Duration = Duration::from_secs(6);

/// A table in DynamoDB. Cheap to make; it holds no state but its client.
pub struct DynamoTable {
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) patience: Duration,
}

impl DynamoTable {
    /// The table `name` as `client` reaches it.
    ///
    /// The client's own retries are switched off: they would take a lost reply to a write that happened for a condition that
    /// does not hold. What passes is tried again here, within six seconds a call and with full jitter.
    pub fn new(client: &Client, name: impl Into<String>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        // An attempt that stalls is ended by its own deadline; watching the speed of each body costs more than it saves.
        let config = client.config().to_builder().retry_config(RetryConfig::disabled());
        let config = config.stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        let config = config.interceptor(Bounded::ANY).build();
        Self { client: Client::from_conf(config), name: name.into(), clock, random, patience: PATIENCE }
    }

    /// The same table, which tries each call for so long; one attempt gets a third of the time that is left.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The attempts at one call.
    pub(super) fn tries(&self) -> Tries<'_> {
        Tries::within(self.patience, &*self.random)
    }

    /// The record of one key.
    async fn get_one(&self, key: &Key, tries: &mut Tries<'_>) -> Result<Option<Record>> {
        let response = tries.read(|| self.send_get(key)).await?;
        Ok(response.item)
    }

    /// The records of several keys, in no order. What DynamoDB passes over is asked for again.
    async fn get_several(&self, mut keys: Vec<Key>, tries: &mut Tries<'_>) -> Result<Vec<Record>> {
        let mut records = Vec::with_capacity(keys.len());
        loop {
            let response = tries.read(|| self.send_batch_get(&keys)).await?;
            records.extend(response.responses.into_iter().flat_map(HashMap::into_values).flatten());
            let passed_over = response.unprocessed_keys.into_values().flat_map(|unprocessed| unprocessed.keys);
            keys = passed_over.map(|record| record.key).collect();
            if keys.is_empty() {
                return Ok(records);
            }
            tries.wait("keys were left unprocessed".to_owned()).await?;
        }
    }

    /// The records of the keys, in their order; those that have expired are none.
    pub(super) async fn find(&self, keys: &[Key], tries: &mut Tries<'_>) -> Result<Vec<Option<Record>>> {
        let now = self.clock.now();
        if let [key] = keys {
            return Ok(vec![self.get_one(key, tries).await?.filter(|record| is_there(record, now))]);
        }
        let mut wanted = keys.to_vec();
        wanted.sort_unstable();
        // DynamoDB refuses a key that is asked for twice.
        wanted.dedup();
        let repeated = wanted.len() < keys.len();
        let found = if wanted.is_empty() { Vec::new() } else { self.get_several(wanted, tries).await? };
        let found = found.into_iter().filter(|record| is_there(record, now));
        let mut found: HashMap<Key, Record> = found.map(|record| (record.key.clone(), record)).collect();
        let take = |key| if repeated { found.get(key).cloned() } else { found.remove(key) };
        Ok(keys.iter().map(take).collect())
    }

    async fn send_get(&self, key: &Key) -> Result<Response, Fault> {
        let slot = Slot::default();
        let request = self.client.get_item().table_name(&self.name).set_key(Some(of_key(key))).consistent_read(true);
        let request = request.set_return_consumed_capacity(counted::wanted()).customize();
        let request = request.interceptor(Reading::into(&slot, || GetItemOutput::builder().build()));
        counted::reading(Operation::GetItem, async {
            request.send().await.map_err(|error| Fault::of_read(&error))?;
            slot.read(Operation::GetItem)
        })
        .await
    }

    async fn send_batch_get(&self, keys: &[Key]) -> Result<Response, Fault> {
        let slot = Slot::default();
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys.iter().map(of_key).collect()));
        let wanted =
            wanted.consistent_read(true).build().map_err(|error| Fault::Refused(refused(error.to_string())))?;
        let request = self.client.batch_get_item().request_items(&self.name, wanted);
        let request = request.set_return_consumed_capacity(counted::wanted()).customize();
        let request = request.interceptor(Reading::into(&slot, || BatchGetItemOutput::builder().build()));
        counted::reading(Operation::BatchGetItem, async {
            request.send().await.map_err(|error| Fault::of_read(&error))?;
            slot.read(Operation::BatchGetItem)
        })
        .await
    }

    async fn send_query(&self, query: &Query, range: &Range, limit: Option<i32>) -> Result<Response, Fault> {
        let slot = Slot::default();
        let request = self.client.query().table_name(&self.name).set_index_name(range.index.map(str::to_owned));
        let request = request.key_condition_expression(&range.condition);
        let request = request.set_expression_attribute_values(Some(range.values.clone()));
        let request = request.set_exclusive_start_key(range.start.clone()).set_limit(limit);
        let request = request.set_scan_index_forward((query.direction == Direction::Backward).then_some(false));
        // An index is read as it is; only the table itself can be read as of now.
        let request = request.set_consistent_read(range.index.is_none().then_some(true));
        let request = request.set_return_consumed_capacity(counted::wanted()).customize();
        let request = request.interceptor(Reading::into(&slot, || QueryOutput::builder().build()));
        let request = request.interceptor(Bounded::PAGE);
        counted::reading(Operation::Query, async {
            request.send().await.map_err(|error| Fault::of_read(&error))?;
            // What lies behind a limit is asked for again, and a known record is to be asked about once.
            match query.known.as_ref().filter(|_| limit.is_none() && range.index.is_none()) {
                Some(known) => {
                    slot.read_without(Operation::Query, |sk, write| !range.excludes(sk) && known.has(sk, write))
                }
                None => slot.read(Operation::Query),
            }
        })
        .await
    }
}

#[async_trait]
impl Table for DynamoTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        check_keys(keys)?;
        self.find(keys, &mut self.tries()).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        let Some(mut range) = Range::of(query) else { return Ok(Page { items: Vec::new(), next: None }) };
        let (mut tries, now, mut items) = (self.tries(), self.clock.now(), Vec::new());
        loop {
            // One more than is wanted tells whether there is more.
            let limit = query.limit.checked_add(1).map(|limit| limit - items.len());
            let limit = limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX));
            let response = tries.read(|| self.send_query(query, &range, limit)).await?;
            let found = response.items.into_iter().flatten();
            items.extend(found.filter(|record| range.includes(record) && is_there(record, now)));
            if items.len() > query.limit {
                items.truncate(query.limit);
                let next = items.last().and_then(|record| range.behind(record));
                return Ok(Page { items, next });
            }
            let Some(last) = response.last_evaluated_key else { return Ok(Page { items, next: None }) };
            let ended_by_size = limit.is_none_or(|limit| response.scanned_count < limit.unsigned_abs() as usize);
            if ended_by_size && !items.is_empty() {
                return Ok(Page { items, next: range.behind(&last) });
            }
            range.start = Some(of_place(&last));
        }
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        check_limits(&changes)?;
        self.make(changes).await
    }
}

impl fmt::Debug for DynamoTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoTable").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Whether a record has not expired.
pub(super) fn is_there(record: &Record, now: Timestamp) -> bool {
    record.expires_at.is_none_or(|at| at > now)
}
