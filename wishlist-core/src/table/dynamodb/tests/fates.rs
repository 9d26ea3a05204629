//! Scripts of what becomes of requests: one by one, or by a seed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::connector::{Fate, Fates};
use crate::clock::{Random as _, SeededRandom};

/// A request that was sent: the operation and the body.
pub(super) type Sent = Arc<Mutex<Vec<(String, Value)>>>;

/// Gives the requests of one operation these fates, one after the other; all others arrive. Answers also what was sent.
pub(super) fn script(operation: &'static str, fates: impl IntoIterator<Item = Fate>) -> (Fates, Sent) {
    let (left, sent) = (Mutex::new(VecDeque::from_iter(fates)), Sent::default());
    let noted = sent.clone();
    let fates = move |of: &str, body: &Value| {
        noted.lock().unwrap().push((of.to_owned(), body.clone()));
        let next = if of == operation { left.lock().unwrap().pop_front() } else { None };
        next.unwrap_or(Fate::Arrives)
    };
    (Arc::new(fates), sent)
}

/// Gives two of five requests another fate than arriving, by a seed.
pub(super) fn storm(seed: u64) -> Fates {
    let random = SeededRandom::new(seed);
    Arc::new(move |operation, body| match (operation, random.below(20)) {
        (_, 0 | 1) => Fate::IsLost,
        (_, 2 | 3) => Fate::LosesItsReply,
        (_, 4) => throttled(),
        (_, 5) => failed(),
        ("BatchGetItem", 6..10) => half_unprocessed(body),
        ("TransactWriteItems", 6) => cancelled(&["None", "TransactionConflict"]),
        ("TransactWriteItems", 7) => refused("TransactionInProgressException"),
        ("PutItem" | "DeleteItem", 6) => refused("TransactionConflictException"),
        _ => Fate::Arrives,
    })
}

pub(super) fn throttled() -> Fate {
    refused("ThrottlingException")
}

/// A fault of the service, after which nobody knows what happened.
pub(super) fn failed() -> Fate {
    Fate::IsAnswered(500, json!({"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}).to_string())
}

pub(super) fn refused(code: &str) -> Fate {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    Fate::IsAnswered(400, json!({"__type": kind, "message": "no"}).to_string())
}

/// A transaction that was cancelled, with the reason of each of its changes.
pub(super) fn cancelled(codes: &[&str]) -> Fate {
    let reasons: Vec<_> = codes.iter().map(|code| json!({"Code": code})).collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    Fate::IsAnswered(400, json!({"__type": kind, "Message": "no", "CancellationReasons": reasons}).to_string())
}

/// Every other key is passed over.
pub(super) fn half_unprocessed(body: &Value) -> Fate {
    let mut asked = body.clone();
    let mut passed_over = json!({});
    for (table, wanted) in asked["RequestItems"].as_object_mut().unwrap() {
        let keys = std::mem::take(wanted["Keys"].as_array_mut().unwrap());
        let (even, odd): (Vec<_>, Vec<_>) = keys.into_iter().enumerate().partition(|(place, _)| place % 2 == 0);
        let of = |keys: Vec<(usize, Value)>| keys.into_iter().map(|(_, key)| key).collect::<Vec<_>>();
        if !odd.is_empty() {
            passed_over[table] = json!({"Keys": of(odd), "ConsistentRead": true});
        }
        wanted["Keys"] = of(even).into();
    }
    Fate::IsChanged(
        asked,
        Arc::new(move |mut answer| {
            answer["UnprocessedKeys"] = passed_over.clone();
            answer
        }),
    )
}
