//! What every table must do.

use std::sync::Arc;

use super::Emulator;
use crate::clock::{ManualClock, Timestamp};
use crate::table::DynamoTable;

async fn made() -> (DynamoTable, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    (Emulator::started().table(&clock).await, clock)
}

crate::conformance_tests!(made().await);
