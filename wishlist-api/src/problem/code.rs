//! The codes: one table from what went wrong to what a caller reads.

use axum::http::StatusCode;
use wishlist_core::Kind;

/// What a program decides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    Timeout,
    Conflict,
    InProgress,
    Stale,
    TooLarge,
    UnsupportedMediaType,
    Unprocessable,
    IdempotencyMismatch,
    RateLimited,
    Internal,
    Unavailable,
}

impl Code {
    /// Every code, in the order of its status.
    pub(crate) const ALL: [Self; 17] = [
        Self::Invalid,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::Timeout,
        Self::Conflict,
        Self::InProgress,
        Self::Stale,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Unprocessable,
        Self::IdempotencyMismatch,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    const fn row(self) -> (&'static str, StatusCode) {
        match self {
            Self::Invalid => ("invalid", StatusCode::BAD_REQUEST),
            Self::Unauthenticated => ("unauthenticated", StatusCode::UNAUTHORIZED),
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::NotAcceptable => ("not_acceptable", StatusCode::NOT_ACCEPTABLE),
            Self::Timeout => ("timeout", StatusCode::REQUEST_TIMEOUT),
            Self::Conflict => ("conflict", StatusCode::CONFLICT),
            Self::InProgress => ("in_progress", StatusCode::CONFLICT),
            Self::Stale => ("stale", StatusCode::PRECONDITION_FAILED),
            Self::TooLarge => ("too_large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::UnsupportedMediaType => ("unsupported_media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::Unprocessable => ("unprocessable", StatusCode::UNPROCESSABLE_ENTITY),
            Self::IdempotencyMismatch => ("idempotency_mismatch", StatusCode::UNPROCESSABLE_ENTITY),
            Self::RateLimited => ("rate_limited", StatusCode::TOO_MANY_REQUESTS),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// The code as it is written.
    pub(crate) const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The status of its answer.
    pub(crate) const fn status(self) -> StatusCode {
        self.row().1
    }
}

impl From<Kind> for Code {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::NotFound => Self::NotFound,
            Kind::Conflict => Self::Conflict,
            Kind::Stale => Self::Stale,
            Kind::Invalid => Self::Invalid,
            Kind::Unauthenticated => Self::Unauthenticated,
            Kind::Forbidden => Self::Forbidden,
            Kind::Unprocessable => Self::Unprocessable,
            Kind::IdempotencyMismatch => Self::IdempotencyMismatch,
            Kind::InProgress => Self::InProgress,
            Kind::RateLimited => Self::RateLimited,
            Kind::Unavailable => Self::Unavailable,
            Kind::Internal => Self::Internal,
        }
    }
}
