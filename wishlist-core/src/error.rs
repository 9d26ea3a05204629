//! The one error of the workspace's domain crates: what went wrong, and what the caller should do about it.
//!
//! A failed visit is not an error: it is an outcome, kept with the item.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the caller should do: the part of an [`Error`] that programs decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The record does not exist, or is not the caller's: the two are never told apart.
    NotFound,
    /// The state of a record does not allow the call; read it again and decide anew.
    Conflict,
    /// The version the caller named is no longer the current one.
    Stale,
    /// The input is wrong; the same call fails again.
    Invalid,
    /// The caller is not known, or no longer.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// The input is well formed, but what it names does not go together with what there is.
    Unprocessable,
    /// The idempotency key was used before, for another call.
    IdempotencyMismatch,
    /// The first call with this idempotency key is still under way.
    InProgress,
    /// The caller does this too often; [`Error::retry_after`] says when the next call may succeed.
    RateLimited,
    /// A passing fault or contention; the same call may succeed later.
    Unavailable,
    /// A fault of this program or of its storage.
    Internal,
}

/// One field of the input that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) to the field, as in `/price/amount`; empty for the whole body.
    pub pointer: String,
    /// What was expected, in words.
    pub detail: String,
}

/// What went wrong, without its cause: [`source`](StdError::source) holds that, and `Display` never prints it.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind`. Messages are lower case, without a full stop, with the thing in backticks.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), retry_after: None, source: None }
    }

    /// A refused field, by the JSON Pointer of its place in the input.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let field = FieldError { pointer: pointer.into(), detail: detail.into() };
        Self {
            kind: Kind::Invalid,
            message: field.detail.clone(),
            fields: vec![field],
            retry_after: None,
            source: None,
        }
    }

    /// One error for all the fields of an input that were refused, or `Ok` where there are none.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with every field of `fields`.
    pub fn all_invalid(fields: Vec<FieldError>) -> Result<()> {
        let message = match fields.as_slice() {
            [] => return Ok(()),
            [only] => only.detail.clone(),
            several => format!("{} fields are not as expected", several.len()),
        };
        Err(Self { kind: Kind::Invalid, message, fields, retry_after: None, source: None })
    }

    /// The record is not there, or is not the caller's.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("there is no such {what}"))
    }

    /// The caller does this too often; the next call may succeed after `retry_after`.
    pub fn rate_limited(message: impl Into<String>, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(Kind::RateLimited, message) }
    }

    /// The same error, which may be gone after `retry_after` and not before.
    #[must_use]
    pub fn with_retry_after(self, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..self }
    }

    /// The same error for a further receiver. The cause goes with the first: causes cannot be copied, and one log of them is
    /// enough.
    #[cfg(feature = "engine")]
    #[must_use]
    pub(crate) fn hand_on(&mut self) -> Self {
        let (message, fields, source) = (self.message.clone(), self.fields.clone(), self.source.take());
        Self { kind: self.kind, message, fields, retry_after: self.retry_after, source }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error with `prefix` before the pointer of each field, for an input inside another.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        for field in &mut self.fields {
            field.pointer.insert_str(0, prefix);
        }
        self
    }

    /// What the caller should do.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The message with all causes behind it, for a log: never for a caller.
    pub fn chain(&self) -> String {
        let causes = std::iter::successors(StdError::source(self), |cause: &&dyn StdError| (*cause).source());
        causes.fold(self.message.clone(), |text, cause| format!("{text}: {cause}"))
    }

    /// How long to wait before the next call, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The refused fields; empty unless the kind is [`Kind::Invalid`].
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_never_prints_the_source() {
        let error = Error::new(Kind::Unavailable, "the table did not answer").with_source("disk I/O error");
        assert_eq!(error.to_string(), "the table did not answer");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk I/O error"));
    }

    #[test]
    fn a_nested_input_prefixes_every_pointer() {
        let error = Error::invalid("/url", "expected a URL").under("/items/3");
        assert_eq!(error.fields()[0].pointer, "/items/3/url");
    }

    #[test]
    fn no_refused_field_is_no_error() {
        assert!(Error::all_invalid(Vec::new()).is_ok());
    }
}
