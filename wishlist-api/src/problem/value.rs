//! What went wrong, before it is written as a body.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use wishlist_core::error::{Error, FieldError};

use super::Code;
use crate::request_id::RequestId;

/// The detail of a fault of ours: what it was is for the log.
const INTERNAL: &str = "something went wrong on this side; the log has more under the request's id";

/// The detail of a passing fault.
const UNAVAILABLE: &str = "something that is needed does not answer at the moment; try again in a second";

/// How long a caller of something unavailable should wait: lost races and restarts are over by then.
const UNAVAILABLE_FOR: Duration = Duration::from_secs(1);

/// The detail of every call without a good token, whatever is wrong with it.
const UNAUTHENTICATED: &str = "expected `Authorization: Bearer` with an access token that is valid; sign in for one";

/// What went wrong, without the request it happened to.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(super) code: Code,
    pub(super) detail: String,
    pub(super) errors: Vec<FieldError>,
    pub(super) retry_after: Option<Duration>,
    /// For the log alone.
    cause: Option<Arc<Error>>,
}

impl Problem {
    /// A problem of this code.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), retry_after: None, cause: None }
    }

    /// One refused field, by the JSON Pointer of its place.
    pub(crate) fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Error::invalid(pointer, detail).into()
    }

    /// The same, after which the caller should wait for so long.
    pub(crate) fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// The one answer to a call whose token is missing or wrong in any way.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, UNAUTHENTICATED)
    }

    /// A fault of this crate; `cause` is for the log.
    pub(crate) fn internal(cause: &str) -> Self {
        Error::new(wishlist_core::Kind::Internal, cause).into()
    }

    /// Logs a fault with what is behind it, of which the caller learns nothing: here and nowhere else.
    pub(crate) fn log(&self, id: &RequestId) {
        match (self.code, self.causes()) {
            (Code::Internal, Some(causes)) => tracing::error!(request_id = id.as_str(), causes, "a fault"),
            (_, Some(causes)) => tracing::warn!(request_id = id.as_str(), causes, "a passing fault"),
            (_, None) => {}
        }
    }

    fn causes(&self) -> Option<String> {
        self.cause.as_ref().map(|cause| cause.chain())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let code = Code::from(error.kind());
        let mut errors = error.fields().to_vec();
        if code == Code::Invalid && errors.is_empty() {
            errors.push(FieldError { pointer: String::new(), detail: error.to_string() });
        }
        let detail = match code {
            Code::Internal => INTERNAL.to_owned(),
            Code::Unavailable => UNAVAILABLE.to_owned(),
            _ => error.to_string(),
        };
        let retry_after = error.retry_after().or((code == Code::Unavailable).then_some(UNAVAILABLE_FOR));
        let cause = matches!(code, Code::Internal | Code::Unavailable).then(|| Arc::new(error));
        Self { code, detail, errors, retry_after, cause }
    }
}

impl IntoResponse for Problem {
    /// The status, with the problem beside it for the middleware to write.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer to a path that no operation has. It is not repeated: it may hold what no log or page should.
pub(crate) async fn no_such_path() -> Problem {
    Problem::new(Code::NotFound, "there is no such path")
}

#[cfg(test)]
mod tests {
    use wishlist_core::Kind;

    use super::*;

    #[test]
    fn a_fault_of_ours_is_told_to_the_log_alone() {
        let error = Error::new(Kind::Internal, "the record is not readable").with_source("canary");
        let problem = Problem::from(error);
        assert_eq!((problem.code, problem.detail.as_str()), (Code::Internal, INTERNAL));
        assert_eq!(problem.causes().as_deref(), Some("the record is not readable: canary"));
    }

    #[test]
    fn a_refusal_has_no_cause_and_always_a_pointer() {
        let problem = Problem::from(Error::new(Kind::Invalid, "not as expected").with_source("canary"));
        assert_eq!(problem.causes(), None);
        assert_eq!(problem.errors[0].pointer, "");
    }
}
