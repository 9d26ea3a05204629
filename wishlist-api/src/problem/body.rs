//! A problem as it is written.

use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use wishlist_core::error::FieldError;

use super::{Code, Problem};
use crate::request_id::RequestId;

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: the title is the status's own, and `code` says more.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The status in words.
    #[schema(example = "Bad Request")]
    title: &'static str,
    /// The status of the answer; of one item of a batch, the status it would have had alone.
    #[schema(format = Int32, minimum = 400, maximum = 599, example = 400)]
    status: u16,
    /// What went wrong and what was expected, in words.
    #[schema(example = "expected at least `url` or `title`")]
    detail: String,
    /// What programs decide by. There may be more codes later.
    #[schema(example = "invalid")]
    code: &'static str,
    /// The request's id, as in `X-Request-Id`.
    #[schema(example = "0199d3c8-7f2a-7c31-9d6e-2a4b8c1d5e6f")]
    request_id: String,
    /// The fields that were refused; there where the code is `invalid`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
}

/// One refused field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// JSON Pointer (RFC 6901) to the field in the body, or `/` and the name of a query parameter; empty for the whole body.
    #[schema(example = "/price/amount")]
    pointer: String,
    /// What was expected, in words.
    #[schema(example = "`12,3` is not an amount; write it like `19.99`")]
    detail: String,
}

impl From<FieldError> for FieldProblem {
    fn from(FieldError { pointer, detail }: FieldError) -> Self {
        Self { pointer, detail }
    }
}

impl Problem {
    /// The problem as one part of another answer.
    pub(crate) fn body(self, id: &RequestId) -> ProblemBody {
        let status = self.code.status();
        ProblemBody {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.detail,
            code: self.code.as_str(),
            request_id: id.as_str().to_owned(),
            errors: self.errors.into_iter().map(FieldProblem::from).collect(),
        }
    }

    /// The problem as the whole answer.
    pub(crate) fn answer(self, id: &RequestId) -> Response {
        let (code, wait) = (self.code, self.retry_after);
        let mut response = (code.status(), Json(self.body(id))).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if code == Code::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = wait {
            // Whole seconds (RFC 9110, section 10.2.3), rounded up: a caller that comes too early only waits again.
            headers
                .insert(RETRY_AFTER, HeaderValue::from((wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)));
        }
        response
    }
}
