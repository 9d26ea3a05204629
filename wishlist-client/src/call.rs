//! One call, before it is sent.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::Method;
use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// A call by its parts, for a face that has methods of its own: what is to be sent, however often.
#[derive(Clone)]
pub struct Call {
    /// The operation's name.
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    /// The parts of the path, not yet encoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Bytes>,
    /// Whether the caller's token goes with it.
    pub(crate) is_signed: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub(crate) is_idempotent: bool,
    /// Whether it takes an `If-Match`.
    pub(crate) is_conditional: bool,
}

impl Call {
    /// A call of the operation with this name, by the parts of its path, which are encoded when it is sent.
    pub fn new(operation: impl Into<Cow<'static, str>>, method: Method, segments: &[impl AsRef<str>]) -> Self {
        Self {
            operation: operation.into(),
            method,
            segments: segments.iter().map(|segment| segment.as_ref().to_owned()).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            is_signed: false,
            is_idempotent: false,
            is_conditional: false,
        }
    }

    /// With the caller's access token.
    #[must_use]
    pub fn signed(self) -> Self {
        Self { is_signed: true, ..self }
    }

    /// With an `Idempotency-Key`, so that it may be tried again.
    #[must_use]
    pub fn idempotent(self) -> Self {
        Self { is_idempotent: true, ..self }
    }

    /// With an `If-Match`, where the client was told a version.
    #[must_use]
    pub fn conditional(self) -> Self {
        Self { is_conditional: true, ..self }
    }

    /// With a parameter of the query, if there is a value.
    #[must_use]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name.into(), value.to_string())));
        self
    }

    /// With a body that is JSON already.
    #[must_use]
    pub fn json(self, body: impl Into<Bytes>) -> Self {
        Self { body: Some(body.into()), ..self }
    }

    pub(crate) fn header(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.headers.extend(value.map(|value| (name, value.to_string())));
        self
    }

    pub(crate) fn body(self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(body);
        let body =
            body.map_err(|e| Error::new(ErrorKind::Invalid, "the body cannot be written as JSON").caused_by(e))?;
        Ok(self.json(body))
    }

    /// Whether sending it again, once it is not known what became of it, has no second effect: it reads, it is a `DELETE`, it
    /// replaces a whole record whatever its version, or its key tells the server that it is the same call. Tokens that were
    /// exchanged stay good for half a minute.
    pub(crate) fn is_repeatable(&self) -> bool {
        let has = |name| self.headers.iter().any(|(known, _)| *known == name);
        match self.method {
            Method::GET | Method::DELETE => true,
            Method::PUT => !has(IF_MATCH),
            _ => has(IDEMPOTENCY_KEY) || self.operation == "refresh_session",
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body may hold a password, a path a token.
        let Self { operation, method, .. } = self;
        formatter.debug_struct("Call").field("operation", operation).field("method", method).finish_non_exhaustive()
    }
}

pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";
pub(crate) const IF_MATCH: &str = "if-match";

/// A moment as the server reads it.
pub(crate) fn moment(moment: &DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_one_effect_is_repeated() {
        let call = |method, header: Option<&'static str>| {
            Call::new("any", method, &[""; 0])
                .header(header.unwrap_or_default(), header.map(|_| "x".to_owned()))
                .is_repeatable()
        };
        let rows = [
            (Method::GET, None, true),
            (Method::DELETE, Some(IF_MATCH), true),
            (Method::PUT, None, true),
            (Method::PUT, Some(IF_MATCH), false),
            (Method::POST, None, false),
            (Method::POST, Some(IDEMPOTENCY_KEY), true),
        ];
        for (method, header, expected) in rows {
            assert_eq!(call(method.clone(), header), expected, "{method} {header:?}");
        }
    }
}
