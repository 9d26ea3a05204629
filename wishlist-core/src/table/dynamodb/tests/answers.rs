//! Answers that are not DynamoDB's, or not as they should be; and what a log says of any that is bad.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Emulator;
use super::connector::{Connector, Fate};
use crate::clock::{ManualClock, Timestamp};
use crate::error::{Error, Kind};
use crate::ids::WriteId;
use crate::table::{Body, Change, Condition, DynamoTable, Key, Known, Query, Record, Revision, Table};

/// What must not get into a log.
const CANARY: &str = "a-birthday-secret";

/// A table whose every request gets this answer, tried for too short a time to be tried twice.
fn answering(status: u16, body: impl Into<String>) -> DynamoTable {
    let (clock, body) = (Arc::new(ManualClock::new(Timestamp::from_millis(1_795_368_000_000))), body.into());
    let client = Emulator::nowhere().client(Connector(Arc::new(move |_, _| Fate::IsAnswered(status, body.clone()))));
    Emulator::table_over(&client, &clock).with_patience(Duration::from_millis(30))
}

fn key(sk: &str) -> Key {
    Key { pk: "P".to_owned(), sk: sk.to_owned() }
}

fn put(sk: &str) -> Change {
    let revision = Revision { number: 1, write: WriteId::from(uuid::Uuid::nil()) };
    let body = Body::from_json(json!({ "Name": CANARY }).to_string());
    Change::Put(Record { key: key(sk), revision, expires_at: None, due: None, body }, Condition::Absent)
}

/// The errors of everything that reads.
async fn errors_of_reads(table: &DynamoTable) -> Vec<(&'static str, Error)> {
    let query = Query::prefix("P", "");
    let known = query.clone().except(Known::new(|_, _| false));
    vec![
        ("get", table.get(&[key("A")]).await.unwrap_err()),
        ("get of two", table.get(&[key("A"), key("B")]).await.unwrap_err()),
        ("query", table.query(&query).await.unwrap_err()),
        ("query without what is known", table.query(&known).await.unwrap_err()),
    ]
}

/// The errors of every operation.
async fn errors(table: &DynamoTable) -> Vec<(&'static str, Error)> {
    let mut errors = errors_of_reads(table).await;
    errors.push(("put", table.commit(vec![put("A")]).await.unwrap_err()));
    errors.push(("transaction", table.commit(vec![put("A"), put("B")]).await.unwrap_err()));
    errors
}

fn item(revision: &str) -> Value {
    json!({"PK": {"S": "P"}, "SK": {"S": "A"}, "Revision": {"N": revision}, "Name": {"S": CANARY}})
}

/// An answer to whatever was asked that holds one item.
fn holding(item: &Value) -> String {
    json!({"Item": item, "Items": [item], "Count": 1, "ScannedCount": 1, "Responses": {"SmartWishlist": [item]}})
        .to_string()
}

#[tokio::test]
async fn a_log_has_the_code_and_the_request_of_a_refusal_and_no_word_of_its_message() {
    for (status, code) in [(400, "ValidationException"), (400, "ThrottlingException"), (500, "InternalServerError")] {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
        let body = json!({"__type": kind, "message": CANARY, "Message": CANARY, "Item": {"Name": {"S": CANARY}}});
        for (operation, error) in errors(&answering(status, body.to_string())).await {
            let chain = error.chain();
            assert!(chain.contains(&format!("`{code}`")) && chain.contains("`REQUEST`"), "{operation}: {chain}");
            assert!(!format!("{chain} {error:?}").contains(CANARY), "{operation}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_log_has_the_reasons_of_a_cancelled_transaction_and_nothing_of_its_items() {
    for reason in ["ValidationError", "ThrottlingError"] {
        let reasons = json!([{"Code": "None"}, {"Code": reason, "Message": CANARY, "Item": item("1")}]);
        let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let body = json!({"__type": kind, "Message": CANARY, "CancellationReasons": reasons}).to_string();
        let error = answering(400, body).commit(vec![put("A"), put("B")]).await.unwrap_err();
        let chain = error.chain();
        for told in ["`TransactionCanceledException`", "`REQUEST`", &format!("`None`, `{reason}`")] {
            assert!(chain.contains(told), "{told} in {chain}");
        }
        assert!(!format!("{chain} {error:?}").contains(CANARY), "{error:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_quoted() {
    let whole = holding(&item("1"));
    let cut_off = whole.strip_suffix('}').unwrap().to_owned();
    for body in [format!("\"{CANARY}\""), format!("{{\"Items\": \"{CANARY}\", \"Item\": \"{CANARY}\"}}"), cut_off] {
        let table = answering(200, body.clone());
        for error in
            [table.get(&[key("A")]).await.unwrap_err(), table.query(&Query::prefix("P", "")).await.unwrap_err()]
        {
            assert_eq!(error.kind(), Kind::Unavailable, "{body}");
            assert!(!format!("{} {error:?}", error.chain()).contains(CANARY), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_a_fault_that_names_it_and_is_not_left_out() {
    let table = answering(200, holding(&item(CANARY)));
    for (operation, error) in errors_of_reads(&table).await {
        assert_eq!(error.kind(), Kind::Internal, "{operation}");
        let chain = error.chain();
        assert!(chain.contains("`Revision` of the record `P`, `A`") && !chain.contains(CANARY), "{operation}: {chain}");
    }
}

#[tokio::test]
async fn an_empty_answer_is_no_empty_list() {
    let halves = [json!({}), json!({"Items": []}), json!({"Count": 0}), json!({"Items": [], "Count": 1})];
    for body in halves {
        let table = answering(200, body.to_string());
        let error = table.query(&Query::prefix("P", "")).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{body}: {}", error.chain());
        let error = table.get(&[key("A"), key("B")]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{body}: {}", error.chain());
    }
    let empty = json!({"Items": [], "Count": 0, "Responses": {}});
    let table = answering(200, empty.to_string());
    assert!(table.query(&Query::prefix("P", "")).await.unwrap().items.is_empty());
    assert_eq!(table.get(&[key("A"), key("B")]).await.unwrap(), [None, None]);
}

#[tokio::test]
async fn an_answer_larger_than_any_of_dynamodb_is_not_read() {
    let patient = |body| answering(200, body).with_patience(Duration::from_mins(1));
    let large = |bytes: usize| json!({"Items": [], "Count": 0, "Padding": "x".repeat(bytes)}).to_string();
    assert!(patient(large(7 << 20)).query(&Query::prefix("P", "")).await.is_ok());
    let error = patient(large(8 << 20)).query(&Query::prefix("P", "")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    assert!(error.chain().contains("larger than any of DynamoDB"), "{}", error.chain());
    for (operation, error) in errors(&patient(large(32 << 20))).await {
        assert!(error.chain().contains("larger than any of DynamoDB"), "{operation}: {}", error.chain());
    }
}
