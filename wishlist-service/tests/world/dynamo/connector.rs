//! The way to the model: where the SDK would make a connection, and where requests and answers get lost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_sdk_dynamodb::error::ConnectorError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use wishlist_core::check::Source;
use wishlist_core::table::{Key, Record};

use super::items::record_of;
use super::operations::{Refusal, State, cancelled};
use crate::walk::WireFault;

/// DynamoDB, as it is within the process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    state: State,
    faults: Vec<(WireFault, usize)>,
}

/// What a request comes to.
type Answer = Result<Result<Value, Refusal>, ConnectorError>;

impl Model {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Arms a fault for the request behind so many others.
    pub(crate) fn arm(&self, fault: WireFault, behind: usize) {
        self.inside().faults.push((fault, behind));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn mend(&self) {
        self.inside().faults.clear();
    }

    fn answer(&self, operation: &str, body: &Value) -> Answer {
        let mut inside = self.inside();
        let fault = inside.fault_of(operation);
        let lost = || ConnectorError::io("the connection was closed".into());
        match fault {
            Some(WireFault::Lost) => return Err(lost()),
            Some(WireFault::Throttled) => return Ok(Err(Refusal::new("ThrottlingException", "too much"))),
            Some(WireFault::Conflict) => return Ok(Err(conflict(body))),
            _ => {}
        }
        let answer = inside.state.answer(operation, body);
        match fault {
            Some(WireFault::ReplyLost) => Err(lost()),
            Some(WireFault::Broken) => Ok(Err(Refusal::new("InternalServerError", "a fault of the service"))),
            Some(WireFault::Unprocessed) => Ok(answer.map(|answer| passed_over(answer, body))),
            _ => Ok(answer),
        }
    }
}

impl Inside {
    /// What goes wrong with this request. A fault that it cannot have waits for one that can.
    fn fault_of(&mut self, operation: &str) -> Option<WireFault> {
        let is_write = !["GetItem", "BatchGetItem", "Query"].contains(&operation);
        let can = |fault: WireFault| match fault {
            WireFault::Conflict => is_write,
            WireFault::Unprocessed => operation == "BatchGetItem",
            _ => true,
        };
        let hit = self.faults.iter().position(|(fault, behind)| *behind == 0 && can(*fault));
        let fault = hit.map(|place| self.faults.remove(place).0);
        self.faults.iter_mut().for_each(|(_, behind)| *behind = behind.saturating_sub(1));
        fault
    }
}

/// Another transaction has the record: of a transaction, that of its first change.
fn conflict(body: &Value) -> Refusal {
    let Some(changes) = body["TransactItems"].as_array() else {
        return Refusal::new("TransactionConflictException", "Transaction is ongoing for the item");
    };
    let code = |place| json!({"Code": if place == 0 { "TransactionConflict" } else { "None" }});
    cancelled(&(0..changes.len()).map(code).collect::<Vec<_>>())
}

/// The answer to a request of several keys, of which the first one of each table was passed over.
fn passed_over(mut answer: Value, asked: &Value) -> Value {
    for (table, wanted) in asked["RequestItems"].as_object().into_iter().flatten() {
        let first = &wanted["Keys"][0];
        let is_first = |item: &Value| item["PK"] == first["PK"] && item["SK"] == first["SK"];
        if let Some(found) = answer["Responses"][table].as_array_mut() {
            found.retain(|item| !is_first(item));
        }
        answer["UnprocessedKeys"][table] = json!({"Keys": [first], "ConsistentRead": true});
    }
    answer
}

impl HttpConnector for Model {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        HttpConnectorFuture::ready(self.answer(operation, &body).map(respond))
    }
}

/// The answer as it is on the wire.
fn respond(answer: Result<Value, Refusal>) -> HttpResponse {
    let (status, body) = match answer {
        Ok(body) => (200, body),
        Err(Refusal { code, mut body }) => {
            body["__type"] = format!("com.amazonaws.dynamodb.v20120810#{code}").into();
            (if code == "InternalServerError" { 500 } else { 400 }, body)
        }
    };
    let status = http_status(status);
    HttpResponse::new(status, SdkBody::from(body.to_string()))
}

fn http_status(status: u16) -> aws_smithy_runtime_api::http::StatusCode {
    status.try_into().expect("a status")
}

impl HttpClient for Model {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// What is in the table, those records too that no longer exist.
impl Source for Model {
    fn each(&self, see: &mut dyn FnMut(Key, Option<Record>) -> wishlist_core::Result<()>) -> wishlist_core::Result<()> {
        let items = self.inside().state.items.clone();
        items.iter().try_for_each(|((pk, sk), item)| see(Key { pk: pk.clone(), sk: sk.clone() }, record_of(item)))
    }

    fn find(&self, key: &Key) -> wishlist_core::Result<Option<Record>> {
        let inside = self.inside();
        Ok(inside.state.items.get(&(key.pk.clone(), key.sk.clone())).and_then(record_of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(item: &Value) -> Value {
        json!({"TableName": "SmartWishlist", "Item": item})
    }

    /// A query of the partition `P` behind this key.
    fn query(condition: &str, behind: &Value, limit: usize) -> Value {
        let mut query = json!({
            "TableName": "SmartWishlist", "KeyConditionExpression": condition, "ConsistentRead": true, "Limit": limit,
            "ExpressionAttributeValues": {":pk": {"S": "P"}},
        });
        if *behind != json!({}) {
            query["ExclusiveStartKey"] = behind.clone();
        }
        query
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        let rows = [
            ("Scan", json!({}), "the operation `Scan`"),
            ("GetItem", json!({"TableName": "SmartWishlist", "Key": {}, "ConsistentRead": false}), "not consistent"),
            ("PutItem", json!({"TableName": "SmartWishlist", "Item": {}, "ReturnValues": "ALL_OLD"}), "`ReturnValues`"),
            ("PutItem", json!({"TableName": "Another", "Item": {}}), "the table `Another`"),
            ("DeleteItem", json!({"TableName": "SmartWishlist", "Key": {"PK": {"S": "P"}}}), "a key without `SK`"),
            ("TransactWriteItems", json!({"TransactItems": [], "ClientRequestToken": "t"}), "a transaction of nothing"),
            ("PutItem", put(&json!({"PK": {"S": ""}, "SK": {"S": "S"}})), "a key `PK` that is empty"),
            ("PutItem", put(&json!({"PK": {"S": "P"}, "SK": {"S": "S".repeat(1025)}})), "of more than 1024 bytes"),
            ("Query", query("PK = :pk", &json!({}), 0), "a limit of nothing"),
            ("Query", query("SK < :pk", &json!({}), 1), "a query without `PK`"),
            ("Query", query("PK = :pk", &json!({"PK": {"S": "P"}}), 1), "which is no key of it"),
            ("Query", query("PK = :pk", &json!({"PK": {"S": "Q"}, "SK": {"S": "S"}}), 1), "which is not within it"),
        ];
        for (operation, body, expected) in rows {
            let refusal = Model::default().answer(operation, &body).unwrap().unwrap_err();
            let told = refusal.body["message"].as_str().unwrap();
            assert!(refusal.code == "ValidationException" && told.contains(expected), "{operation}: {told}");
        }
    }
}
