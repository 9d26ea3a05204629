//! Makes the calls and keeps what each has spent.

use std::sync::Arc;

use super::calls::{CALLS, Call};
use super::stage::Stage;
use crate::clock::ManualClock;
use crate::error::Result;
use crate::table::Table;
use crate::table::cost::{Spent, spent_by};

/// A call, and what it costs.
#[derive(Debug)]
pub struct Row {
    /// The call.
    pub call: &'static Call,
    /// What it asked of the table.
    pub spent: Spent,
    /// The messages it sent.
    pub messages: usize,
}

/// What was measured.
#[derive(Debug)]
pub struct Ledger {
    /// The calls, in the order in which they were made.
    pub rows: Vec<Row>,
    /// The bytes of the records that they met.
    pub sizes: Sizes,
}

/// The bytes of some records, as DynamoDB counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// A wishlist.
    pub wishlist: usize,
    /// An item that is to be visited.
    pub new_item: usize,
    /// An item that was visited.
    pub item: usize,
}

/// Makes every call once, over a list of `size` items (at least 10) and a person of as many lists.
///
/// The table has to be empty, and to count: it is DynamoDB's, or a [`CountingTable`](crate::table::cost::CountingTable).
///
/// # Errors
/// Those of the table.
pub async fn measure(table: Arc<dyn Table>, clock: &Arc<ManualClock>, size: usize) -> Result<Ledger> {
    let stage = Stage::set(table, clock, size).await?;
    stage.sent();
    let mut rows = Vec::with_capacity(CALLS.len());
    for call in CALLS {
        let (outcome, spent) = spent_by((call.run)(&stage)).await;
        outcome?;
        rows.push(Row { call, spent, messages: stage.sent() });
    }
    Ok(Ledger { rows, sizes: stage.sizes })
}
