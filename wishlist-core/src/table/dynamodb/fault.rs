//! What a failed attempt means: whether something may have happened, and whether it is worth another one.

use std::error::Error as StdError;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use http_body_util::LengthLimitError;

use crate::error::{Error, Kind};

/// A failed attempt.
#[derive(Debug)]
pub(super) enum Fault {
    /// A condition does not hold; nothing happened.
    Race,
    /// Nothing happened, and it may go well later.
    Busy(String),
    /// Nobody knows whether it happened.
    Lost(String),
    /// It will fail again, with this.
    Refused(Error),
}

/// Nothing happened, for the moment: too much is asked for, or another transaction has one of the records.
const BUSY: &[&str] = &[
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ReplicatedWriteConflictException",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// A condition does not hold.
const RACE: &[&str] = &["ConditionalCheckFailed", "ConditionalCheckFailedException"];

impl Fault {
    /// Of any operation but a transaction.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        match error {
            SdkError::ConstructionFailure(_) => Self::Refused(refused(causes(error))),
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                Self::of_code(service.err().code().unwrap_or_default(), status, causes(error))
            }
            // Even where no connection was made: the kinds of failure are not told apart reliably, and looking is cheap.
            _ => Self::Lost(causes(error)),
        }
    }

    /// Of an operation that changes nothing: what is too large to be read is so the next time.
    pub(super) fn of_read<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        if sources(error).any(<dyn StdError>::is::<LengthLimitError>) {
            return Self::Refused(refused("the response is larger than any of DynamoDB".to_owned()));
        }
        Self::of(error)
    }

    /// Of a transaction, which says for each of its changes why it was cancelled.
    pub(super) fn of_transaction(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Self {
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
            return Self::of(error);
        };
        let codes: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
        let any = |of: &[&str]| codes.iter().any(|code| of.contains(code));
        let causes = || format!("{}, because of `{}`", causes(error), codes.join("`, `"));
        if any(RACE) {
            Self::Race
        } else if any(BUSY) {
            Self::Busy(causes())
        } else {
            Self::Refused(refused(causes()))
        }
    }

    fn of_code(code: &str, status: u16, causes: String) -> Self {
        if RACE.contains(&code) {
            Self::Race
        } else if BUSY.contains(&code) {
            Self::Busy(causes)
        } else if (400..500).contains(&status) {
            Self::Refused(refused(causes))
        } else {
            // A fault of the service, or an answer that cannot be read.
            Self::Lost(causes)
        }
    }
}

/// What a log says of a failed attempt: of an answer its code and its request, by which the table's owner finds the rest.
/// Messages quote values and cancelled items are whole records, so neither is in it.
pub(super) fn causes<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    let SdkError::ServiceError(answer) = error else {
        return sources(error).map(ToString::to_string).collect::<Vec<_>>().join(": ");
    };
    let (status, code) = (answer.raw().status().as_u16(), answer.err().code().unwrap_or("nothing"));
    let request = error.request_id().unwrap_or("unknown");
    format!("DynamoDB answered `{code}` with the status {status} to the request `{request}`")
}

/// An error and what is behind it.
fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}

/// The error of what will fail again.
pub(super) fn refused(causes: String) -> Error {
    Error::new(Kind::Internal, "the table refuses the request").with_source(causes)
}
