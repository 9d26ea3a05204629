//! Any table, which enters into the ledger what DynamoDB would have been asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::task::yield_now;

use super::ledger::{Operation, Request, Trip};
use super::size::{entry_bytes, item_bytes};
use super::units::{Part, Read, read, write};
use crate::error::Result;
use crate::table::{Change, Condition, Key, Page, Partition, Query, Record, Table};

/// A table that counts. Reading what a commit replaces, to know its size, is not counted.
///
/// Requests that are made at once all end before any other begins, so that round trips are the same in every run. What
/// follows an answer has to be asked for in the poll that sees it.
#[derive(Debug)]
pub struct CountingTable(Arc<dyn Table>);

impl CountingTable {
    /// Counts what is asked of `table`.
    pub fn over(table: Arc<dyn Table>) -> Self {
        Self(table)
    }
}

/// Makes a request.
async fn request<T>(asking: impl Future<Output = Result<(T, Request)>>) -> Result<T> {
    let mut trip = Trip::begin();
    // Whoever is polled beside this one begins now, too.
    yield_now().await;
    let (answer, request) = asking.await?;
    trip.arrive();
    // Looked at twice: what the last of the trip before has left to begin is begun when it is polled first.
    loop {
        while trip.has_company() {
            yield_now().await;
        }
        yield_now().await;
        if !trip.has_company() {
            break;
        }
    }
    trip.end(request);
    Ok(answer)
}

#[async_trait]
impl Table for CountingTable {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        if keys.is_empty() {
            return self.0.get(keys).await;
        }
        request(async {
            let found = self.0.get(keys).await?;
            let mut seen = BTreeSet::new();
            let mut read_units = 0.0;
            for (_, record) in keys.iter().zip(&found).filter(|(key, _)| seen.insert(*key)) {
                read_units += read(record.as_ref().map_or(Ok(0), item_bytes)?, Read::Strong);
            }
            let operation = if keys.len() == 1 { Operation::GetItem } else { Operation::BatchGetItem };
            Ok((found, Request { operation, read_units, write_units: 0.0 }))
        })
        .await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        request(async {
            // DynamoDB bills what is known all the same, and one record more tells whether there is more.
            let limit = query.limit.saturating_add(1);
            let mut page = self.0.query(&Query { known: None, limit, ..query.clone() }).await?;
            let (bytes, kind) = match query.partition {
                Partition::Records(_) => (page.items.iter().map(item_bytes).sum::<Result<usize>>()?, Read::Strong),
                Partition::Due(_) => (page.items.iter().map(entry_bytes).sum(), Read::Eventual),
            };
            if page.items.len() > query.limit {
                page.items.truncate(query.limit);
                page.next = page.items.last().and_then(|record| place(record, &query.partition));
            }
            let request = Request { operation: Operation::Query, read_units: read(bytes, kind), write_units: 0.0 };
            Ok((page, request))
        })
        .await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        let changes: Vec<_> =
            changes.into_iter().filter(|change| !matches!(change, Change::Check(_, Condition::Always))).collect();
        let (operation, part) = match changes.as_slice() {
            [] => return Ok(()),
            [Change::Put(..)] => (Operation::PutItem, Part::Alone),
            [Change::Delete(..)] => (Operation::DeleteItem, Part::Alone),
            _ => (Operation::TransactWriteItems, Part::OfTransaction),
        };
        // A change that does not happen is billed like one that does, so a refusal is entered before it is handed on.
        request(async {
            let keys: Vec<_> = changes.iter().map(|change| change.key().clone()).collect();
            let before = self.0.get(&keys).await?;
            let mut write_units = 0.0;
            for (change, before) in changes.iter().zip(&before) {
                write_units += write(change, before.as_ref(), part)?;
            }
            let outcome = self.0.commit(changes).await;
            Ok((outcome, Request { operation, read_units: 0.0, write_units }))
        })
        .await?
    }
}

fn place(record: &Record, partition: &Partition) -> Option<String> {
    match partition {
        Partition::Records(_) => Some(record.key.sk.clone()),
        Partition::Due(_) => record.due.as_ref().map(|due| due.sk.clone()),
    }
}
