//! That the real table makes the requests that the cost ledger says, and that bytes are counted as they are sent.

use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::Emulator;
use super::connector::{Connector, Fate, Fates};
use crate::clock::{ManualClock, Timestamp};
use crate::ledger::{Ledger, Row, measure};
use crate::table::cost::{CountingTable, Operation, item_bytes};
use crate::table::dynamodb::wire::Attributes;
use crate::table::{EmbeddedTable, Table};

const SIZE: usize = 10;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)))
}

/// The items that were put, as they were sent.
type Put = Arc<Mutex<Vec<Value>>>;

async fn measured_on_dynamodb() -> (Ledger, Put) {
    let (clock, emulator, put) = (clock(), Emulator::started(), Put::default());
    emulator.table(&clock).await;
    let noted = put.clone();
    let fates: Fates = Arc::new(move |_, body| {
        let alone = body.get("Item");
        let parts = body["TransactItems"].as_array().into_iter().flatten().filter_map(|part| part["Put"].get("Item"));
        noted.lock().unwrap().extend(alone.into_iter().chain(parts).cloned());
        Fate::Arrives
    });
    let table = Emulator::table_over(&emulator.client(Connector(fates)), &clock);
    (measure(Arc::new(table), &clock, SIZE).await.unwrap(), put)
}

fn operations(row: &Row) -> Vec<Operation> {
    let mut operations: Vec<_> = row.spent.requests.iter().map(|request| request.operation).collect();
    operations.sort_unstable();
    operations
}

#[tokio::test]
async fn the_requests_are_those_of_the_cost_ledger() {
    let clock = clock();
    let embedded: Arc<dyn Table> = Arc::new(EmbeddedTable::in_memory(clock.clone()).unwrap());
    let counted = measure(Arc::new(CountingTable::over(embedded)), &clock, SIZE).await.unwrap();
    let (real, _) = measured_on_dynamodb().await;
    assert_eq!(real.sizes, counted.sizes);
    for (real, counted) in real.rows.iter().zip(&counted.rows) {
        assert_eq!(operations(real), operations(counted), "{:?}", counted.call);
        assert_eq!(real.messages, counted.messages, "{:?}", counted.call);
        // Of several chains of requests at once the real ones drift apart.
        let is_one_chain = !counted.call.case.contains("job") && !counted.call.case.contains("100");
        if is_one_chain {
            assert_eq!(real.spent.round_trips, counted.spent.round_trips, "{:?}", counted.call);
        }
    }
}

#[tokio::test]
async fn an_item_has_as_many_bytes_as_were_sent() {
    let (_, put) = measured_on_dynamodb().await;
    let put = put.lock().unwrap();
    assert!(put.len() > 2 * SIZE, "{}", put.len());
    for item in put.iter() {
        let text = item.to_string();
        let record = serde_json::from_str::<Attributes<'_>>(&text).unwrap().record().unwrap();
        assert_eq!(item_bytes(&record).unwrap(), attributes_bytes(item), "{item}");
    }
}

/// The guide's rules, read from the attributes themselves.
fn attributes_bytes(item: &Value) -> usize {
    item.as_object().unwrap().iter().map(|(name, value)| name.len() + attribute_bytes(value)).sum()
}

fn attribute_bytes(attribute: &Value) -> usize {
    let (kind, value) = attribute.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "S" => value.as_str().unwrap().len(),
        "N" => value.as_str().unwrap().trim_matches('0').len().div_ceil(2) + 1,
        "BOOL" | "NULL" => 1,
        "L" => 3 + value.as_array().unwrap().iter().map(|element| 1 + attribute_bytes(element)).sum::<usize>(),
        "M" => {
            let members = value.as_object().unwrap();
            3 + members.iter().map(|(name, value)| 1 + name.len() + attribute_bytes(value)).sum::<usize>()
        }
        other => panic!("an attribute of the type {other}"),
    }
}
