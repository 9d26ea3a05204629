//! The rules, as rows; and what is counted as one round trip.
#![expect(clippy::float_cmp, reason = "units are whole or halves, which are exact")]

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;

use super::size::value_bytes;
use super::units::{Part, Read, read, write};
use super::{CountingTable, Operation, item_bytes, spent_by};
use crate::clock::{ManualClock, Timestamp};
use crate::error::Result;
use crate::table::{
    Body, Change, Condition, DueKey, EmbeddedTable, InlineTable, Key, Page, Query, Record, Revision, Table,
};

fn key(sk: &str) -> Key {
    Key { pk: "P".to_owned(), sk: sk.to_owned() }
}

/// A record whose item has this many bytes.
fn record(sk: &str, bytes: usize, due: Option<&str>) -> Record {
    let of = |text: String| Record {
        key: key(sk),
        revision: Revision { number: 1, write: uuid::Uuid::nil().into() },
        expires_at: None,
        due: due.map(|sk| DueKey { pk: "DUE#00".to_owned(), sk: sk.to_owned() }),
        body: Body::from_json(format!("{{\"T\":\"{text}\"}}")),
    };
    let empty = item_bytes(&of(String::new())).unwrap();
    of("x".repeat(bytes - empty))
}

#[test]
fn a_value_has_the_bytes_that_the_guide_says() {
    let rows = [
        (json!(null), 1),
        (json!(true), 1),
        (json!(""), 0),
        (json!("né"), 3),
        (json!(0), 1),
        (json!(7), 2),
        (json!(-7), 3),
        (json!(1200), 2),
        (json!(1234), 3),
        (json!(1_795_368_000_007_i64), 8),
        (json!([]), 3),
        (json!(["a", "bc"]), 3 + 2 + 3),
        (json!({}), 3),
        (json!({"a": "bc"}), 3 + 1 + 1 + 2),
    ];
    for (value, bytes) in rows {
        assert_eq!(value_bytes(&value), bytes, "{value}");
    }
}

#[test]
fn an_item_is_its_names_and_values() {
    let small = record("S", 100, None);
    let own = "PKP".len() + "SKS".len() + "Revision".len() + 2 + "WriteId".len() + 36;
    assert_eq!(item_bytes(&small).unwrap(), 100);
    assert_eq!(small.body.as_json().len(), "{\"T\":\"\"}".len() + 100 - own - "T".len());
}

#[test]
fn reading_is_paid_by_four_kilobytes() {
    let rows = [(0, 1.0), (1, 1.0), (4096, 1.0), (4097, 2.0), (1024 * 1024, 256.0)];
    for (bytes, units) in rows {
        assert_eq!((read(bytes, Read::Strong), read(bytes, Read::Eventual)), (units, units / 2.0), "{bytes}");
    }
}

#[test]
fn writing_is_paid_by_one_kilobyte_of_the_larger_one_and_twice_in_a_transaction() {
    let (small, middling, large) = (record("S", 200, None), record("S", 1025, None), record("S", 5000, None));
    let put = |record: &Record| Change::Put(record.clone(), Condition::Always);
    let delete = Change::Delete(key("S"), Condition::Always);
    let check = Change::Check(key("S"), Condition::Present);
    let rows = [
        (put(&small), None, 1.0),
        (put(&middling), None, 2.0),
        (put(&small), Some(&large), 5.0),
        (put(&large), Some(&small), 5.0),
        (delete.clone(), None, 1.0),
        (delete, Some(&middling), 2.0),
        (check.clone(), None, 1.0),
        (check, Some(&large), 5.0),
    ];
    for (change, before, units) in rows {
        assert_eq!(write(&change, before, Part::Alone).unwrap(), units, "{change:?}");
        assert_eq!(write(&change, before, Part::OfTransaction).unwrap(), 2.0 * units, "{change:?}");
    }
}

#[test]
fn the_index_is_paid_when_an_entry_comes_goes_or_moves() {
    let of = |due| record("S", 500, due);
    let rows = [
        (None, None, 0.0),
        (None, Some("1"), 1.0),
        (Some("1"), None, 1.0),
        (Some("1"), Some("1"), 0.0),
        (Some("1"), Some("2"), 2.0),
    ];
    for (before, after, index) in rows {
        let put = Change::Put(of(after), Condition::Always);
        let before = of(before);
        assert_eq!(write(&put, Some(&before), Part::Alone).unwrap(), 1.0 + index);
        assert_eq!(write(&put, Some(&before), Part::OfTransaction).unwrap(), 2.0 + index);
    }
}

fn counting() -> CountingTable {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    CountingTable::over(Arc::new(EmbeddedTable::in_memory(clock).unwrap()))
}

#[tokio::test]
async fn what_is_under_way_at_once_is_one_round_trip() {
    let table = counting();
    let (one, two, query) = ([key("A")], [key("A"), key("B"), key("A")], Query::prefix("P", ""));
    let ((), spent) = spent_by(async {
        let several = async {
            table.get(&two).await.unwrap();
            table.query(&query).await.unwrap();
        };
        let (found, ()) = tokio::join!(table.get(&one), several);
        found.unwrap();
        table.commit(vec![Change::Put(record("A", 300, None), Condition::Absent)]).await.unwrap();
    })
    .await;
    let operations: Vec<_> = spent.requests.iter().map(|request| request.operation).collect();
    assert_eq!(operations, [Operation::GetItem, Operation::BatchGetItem, Operation::Query, Operation::PutItem]);
    // A key that is asked for twice is read once, and what is not there is paid for.
    let units: Vec<_> = spent.requests.iter().map(|request| (request.read_units, request.write_units)).collect();
    assert_eq!(units, [(1.0, 0.0), (2.0, 0.0), (1.0, 0.0), (0.0, 1.0)]);
    assert_eq!((spent.round_trips, spent.read_units(), spent.write_units()), (3, 4.0, 1.0));
}

/// A table that is slow to find what is called so, and has the rest at once.
#[derive(Debug)]
struct Slow(InlineTable);

#[async_trait]
impl Table for Slow {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>> {
        let polls = if keys.contains(&key("SLOW")) { 1000 } else { 0 };
        for _ in 0..polls {
            tokio::task::yield_now().await;
        }
        self.0.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Record>> {
        self.0.query(query).await
    }

    async fn commit(&self, changes: Vec<Change>) -> Result<()> {
        self.0.commit(changes).await
    }
}

#[tokio::test]
async fn what_is_quick_waits_for_what_began_with_it() {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000)));
    let table = CountingTable::over(Arc::new(Slow(InlineTable::in_memory(clock).unwrap())));
    let two = async |first: &str, second: &str| {
        table.get(&[key(first)]).await.unwrap();
        table.get(&[key(second)]).await.unwrap();
    };
    let (_, spent) = spent_by(async { tokio::join!(two("A", "B"), two("SLOW", "C")) }).await;
    assert_eq!((spent.requests.len(), spent.round_trips), (4, 2));
    let find = async |sk: &str| drop(table.get(&[key(sk)]).await.unwrap());
    let late = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        find("B").await;
    };
    let (_, spent) = spent_by(async { tokio::join!(find("A"), find("SLOW"), late) }).await;
    assert_eq!((spent.requests.len(), spent.round_trips), (3, 1));
}

#[tokio::test]
async fn a_refused_commit_is_paid_and_nobody_waits_for_it() {
    let table = counting();
    let put = || vec![Change::Put(record("A", 300, None), Condition::Absent)];
    table.commit(put()).await.unwrap();
    let ((), spent) = spent_by(async {
        table.commit(put()).await.unwrap_err();
        table.query(&Query::prefix("P", "")).await.unwrap();
    })
    .await;
    assert_eq!((spent.round_trips, spent.write_units()), (2, 1.0));
}

#[tokio::test]
async fn one_record_more_than_the_limit_is_read() {
    let table = counting();
    for sk in ["A", "B", "C"] {
        table.commit(vec![Change::Put(record(sk, 3000, None), Condition::Absent)]).await.unwrap();
    }
    let query = Query::prefix("P", "").limit(2);
    let (page, spent) = spent_by(table.query(&query)).await;
    let page = page.unwrap();
    assert_eq!((page.items.len(), page.next.as_deref(), spent.read_units()), (2, Some("B"), 3.0));
    let (rest, spent) = spent_by(table.query(&query.after(page.next.clone()))).await;
    assert_eq!((rest.unwrap().items.len(), spent.read_units()), (1, 1.0));
    // Nothing is behind a page that is full by chance.
    let (all, _) = spent_by(table.query(&Query::prefix("P", "").limit(3))).await;
    assert_eq!(all.unwrap().next, None);
}

#[tokio::test]
async fn a_change_alone_is_no_transaction() {
    let table = counting();
    let put = |sk| Change::Put(record(sk, 300, None), Condition::Absent);
    let delete = |sk| Change::Delete(key(sk), Condition::Always);
    let check = |sk| Change::Check(key(sk), Condition::Absent);
    for (changes, operation) in [
        (vec![put("A")], Operation::PutItem),
        (vec![delete("A")], Operation::DeleteItem),
        (vec![put("A"), check("B")], Operation::TransactWriteItems),
        (vec![check("B")], Operation::TransactWriteItems),
    ] {
        let (committed, spent) = spent_by(table.commit(changes)).await;
        committed.unwrap();
        assert_eq!(spent.requests[0].operation, operation);
    }
}

#[tokio::test]
async fn a_commit_that_asks_for_nothing_is_no_request() {
    let table = counting();
    for nothing in [vec![], vec![Change::Check(key("A"), Condition::Always)]] {
        let (committed, spent) = spent_by(table.commit(nothing)).await;
        committed.unwrap();
        assert_eq!((spent.requests.len(), spent.round_trips), (0, 0));
    }
}
