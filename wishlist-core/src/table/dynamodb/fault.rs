//! What a failed attempt means: whether something may have happened, and whether it is worth another one.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

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
    /// It will fail again.
    Refused(String),
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
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let causes = format!("{}", DisplayErrorContext(error));
        match error {
            SdkError::ConstructionFailure(_) => Self::Refused(causes),
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                Self::of_code(service.err().code().unwrap_or_default(), status, causes)
            }
            // Even where no connection was made: the kinds of failure are not told apart reliably, and looking is cheap.
            _ => Self::Lost(causes),
        }
    }

    /// Of a transaction, which says for each of its changes why it was cancelled.
    pub(super) fn of_transaction(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Self {
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
            return Self::of(error);
        };
        let codes: Vec<_> = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
        let any = |of: &[&str]| codes.iter().any(|code| of.contains(code));
        let causes = format!("{}", DisplayErrorContext(error));
        if any(RACE) {
            Self::Race
        } else if any(BUSY) {
            Self::Busy(causes)
        } else {
            Self::Refused(causes)
        }
    }

    fn of_code(code: &str, status: u16, causes: String) -> Self {
        if RACE.contains(&code) {
            Self::Race
        } else if BUSY.contains(&code) {
            Self::Busy(causes)
        } else if (400..500).contains(&status) {
            Self::Refused(causes)
        } else {
            // A fault of the service, or an answer that cannot be read.
            Self::Lost(causes)
        }
    }
}

/// The error of what will fail again.
pub(super) fn refused(causes: String) -> Error {
    Error::new(Kind::Internal, "the table refuses the request").with_source(causes)
}
