//! Requests and what DynamoDB says that they used, entered into the ledger of the call that makes them.

use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

use super::fault::Fault;
use super::response::{Consumed, Response};
use crate::table::cost::{Operation, Request, Trip, is_counted};

/// What to ask for, so that nothing is reported that nobody enters.
pub(super) fn wanted() -> Option<ReturnConsumedCapacity> {
    is_counted().then_some(ReturnConsumedCapacity::Total)
}

/// Makes a request that reads. A failed one is entered without units, for it reports none.
pub(super) async fn reading(
    operation: Operation,
    sending: impl Future<Output = Result<Response, Fault>>,
) -> Result<Response, Fault> {
    let trip = Trip::begin();
    let answer = sending.await;
    let consumed = answer.as_ref().ok().and_then(|response| response.consumed_capacity.as_ref());
    let read_units = consumed.map_or(0.0, Consumed::units);
    trip.end(Request { operation, read_units, write_units: 0.0 });
    answer
}

/// Makes a request that writes and reports the capacity that it used.
pub(super) async fn writing(
    operation: Operation,
    sending: impl Future<Output = Result<Vec<ConsumedCapacity>, Fault>>,
) -> Result<(), Fault> {
    let trip = Trip::begin();
    let answer = sending.await;
    let consumed = answer.iter().flatten().filter_map(ConsumedCapacity::capacity_units);
    trip.end(Request { operation, read_units: 0.0, write_units: consumed.fold(0.0, |sum, units| sum + units) });
    answer.map(drop)
}
