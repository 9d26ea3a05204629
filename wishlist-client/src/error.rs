//! What went wrong, typed.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::model::{FieldProblem, Problem};
use crate::transport::Answer;

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// A call that failed: by [`kind`](Self::kind) what to do, by [`code`](Self::code) what the server said.
#[derive(Debug)]
pub struct Error(Box<Told>);

#[derive(Debug)]
struct Told {
    kind: ErrorKind,
    message: String,
    code: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    fields: Vec<FieldProblem>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Correct what was sent: [`Error::fields`] names it.
    Invalid,
    /// Sign in.
    Unauthenticated,
    /// It is not for this caller.
    Forbidden,
    /// There is no such record, or it is somebody else's.
    NotFound,
    /// It does not go with what is there.
    Conflict,
    /// The record was changed since it was read: read it again.
    Stale,
    /// Too many calls: wait for [`Error::retry_after`].
    RateLimited,
    /// The server cannot at the moment, or was not reached; tries were made until the deadline.
    Unavailable,
    /// The deadline passed. What became of a call that changes something is not known.
    Timeout,
    /// The server failed.
    Internal,
    /// What answered does not speak this API: a redirect, a page of a proxy, a body that is none or too large.
    InvalidAnswer,
    /// What is called was closed, or belongs to the process that this one was forked from: open it again.
    Closed,
}

/// The one table of codes and kinds.
const CODES: &[(&str, u16, ErrorKind)] = &[
    ("invalid", 400, ErrorKind::Invalid),
    ("unauthenticated", 401, ErrorKind::Unauthenticated),
    ("forbidden", 403, ErrorKind::Forbidden),
    ("not_found", 404, ErrorKind::NotFound),
    ("method_not_allowed", 405, ErrorKind::Invalid),
    ("not_acceptable", 406, ErrorKind::Invalid),
    ("timeout", 408, ErrorKind::Unavailable),
    ("conflict", 409, ErrorKind::Conflict),
    ("in_progress", 409, ErrorKind::Conflict),
    ("stale", 412, ErrorKind::Stale),
    ("too_large", 413, ErrorKind::Invalid),
    ("unsupported_media_type", 415, ErrorKind::Invalid),
    ("unprocessable", 422, ErrorKind::Invalid),
    ("idempotency_mismatch", 422, ErrorKind::Conflict),
    ("rate_limited", 429, ErrorKind::RateLimited),
    ("internal", 500, ErrorKind::Internal),
    ("unavailable", 503, ErrorKind::Unavailable),
];

impl Error {
    /// What to do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The server's code, such as `not_found`; absent where no server of this API answered.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The name of the request, to be told to whoever runs the server.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The fields that were refused.
    pub fn fields(&self) -> &[FieldProblem] {
        &self.0.fields
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// An error of a [`Channel`](crate::Channel) of one's own.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Told {
            kind,
            message: message.into(),
            code: None,
            status: None,
            request_id: None,
            fields: Vec::new(),
            retry_after: None,
            source: None,
        }))
    }

    /// The same with what was below.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn answered(mut self, answer: &Answer) -> Self {
        self.0.status = Some(answer.status.as_u16());
        self.0.retry_after = answer.retry_after();
        self.0.request_id = self.0.request_id.or_else(|| answer.header("x-request-id").map(str::to_owned));
        self
    }

    /// What an answer other than a success says.
    pub(crate) fn of(answer: &Answer) -> Self {
        if answer.status.is_redirection() {
            // Without what may be a token.
            let to = answer.header("location").and_then(|to| url::Url::parse(to).ok()).map(|to| to.origin());
            let to = to.map_or_else(|| "another address".to_owned(), |to| to.ascii_serialization());
            let message =
                format!("the server redirects to `{to}`; redirects are not followed, connect to the address itself");
            return Self::new(ErrorKind::InvalidAnswer, message).answered(answer);
        }
        if let Ok(problem) = serde_json::from_slice(&answer.body) {
            return Self::told(problem).answered(answer);
        }
        let status = answer.status.as_u16();
        let message = format!("an answer of status {status} that is no problem of this API");
        Self::new(kind_of(None, status), message).answered(answer)
    }

    fn told(problem: Problem) -> Self {
        let status = u16::try_from(problem.status).unwrap_or_default();
        let mut error = Self::new(kind_of(Some(&problem.code), status), problem.detail);
        error.0.code = Some(problem.code);
        error.0.request_id = Some(problem.request_id).filter(|id| !id.is_empty());
        error.0.fields = problem.errors;
        error
    }
}

/// The kind of a code, or of the status of a code that this version does not know.
fn kind_of(code: Option<&str>, status: u16) -> ErrorKind {
    let by_code = CODES.iter().find(|(known, ..)| Some(*known) == code);
    let found = by_code.or_else(|| CODES.iter().find(|(_, known, _)| *known == status));
    found.map_or_else(
        || match status {
            502 | 504 => ErrorKind::Unavailable,
            400..500 => ErrorKind::Invalid,
            500..600 => ErrorKind::Internal,
            _ => ErrorKind::InvalidAnswer,
        },
        |(.., kind)| *kind,
    )
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)?;
        self.0.fields.iter().try_for_each(|field| write!(formatter, "; `{}`: {}", field.pointer, field.detail))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_not_known_has_the_kind_of_its_status() {
        let rows = [
            (Some("stale"), 412, ErrorKind::Stale),
            (Some("idempotency_mismatch"), 422, ErrorKind::Conflict),
            (Some("out_of_paper"), 409, ErrorKind::Conflict),
            (Some("out_of_paper"), 418, ErrorKind::Invalid),
            (None, 502, ErrorKind::Unavailable),
            (None, 599, ErrorKind::Internal),
        ];
        for (code, status, expected) in rows {
            assert_eq!(kind_of(code, status), expected, "{code:?} {status}");
        }
    }
}
