//! What went wrong, as plain values.

use std::error::Error as _;
use std::fmt;

use serde::Serialize;
use wishlist_client::{Error, ErrorKind};

/// A call that failed. Its JSON has the same members, in camel case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What a caller does about it: the name of an [`ErrorKind`], such as `NotFound`.
    pub kind: String,
    /// What happened and what to do, for people.
    pub message: String,
    /// The server's code, such as `not_found`.
    pub code: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The name of the request in the server's log.
    pub request_id: Option<String>,
    /// The fields that were refused.
    pub fields: Vec<RefusedField>,
    /// How many seconds the server asks to wait.
    pub retry_after: Option<f64>,
}

/// A field that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedField {
    /// Where it is in the body, a JSON pointer.
    pub pointer: String,
    /// What was expected.
    pub detail: String,
}

impl Failure {
    /// One that is told before anything is called.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error::new(kind, message).into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // What was below says why, where the message alone does not.
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(source) = cause {
            let told = source.to_string();
            if !message.contains(&told) {
                message = format!("{message}: {told}");
            }
            cause = source.source();
        }
        let fields = error.fields().iter();
        Self {
            kind: format!("{:?}", error.kind()),
            message,
            code: error.code().map(str::to_owned),
            status: error.status(),
            request_id: error.request_id().map(str::to_owned),
            fields: fields
                .map(|field| RefusedField { pointer: field.pointer.clone(), detail: field.detail.clone() })
                .collect(),
            retry_after: error.retry_after().map(|wait| wait.as_secs_f64()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
