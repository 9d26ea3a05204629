//! A call as other languages hand it over.

use std::fmt;

use http::Method;
use wishlist_client::{Client, Error, ErrorKind};

/// One call of one operation, by its parts.
#[derive(Clone, Default)]
pub struct Call {
    /// The operation's name, such as `add_item`.
    pub operation: String,
    /// The method, in capitals.
    pub method: String,
    /// The parts of the path, not yet encoded.
    pub path: Vec<String>,
    /// The parameters of the query.
    pub query: Vec<(String, String)>,
    /// The body, JSON.
    pub body: Option<Vec<u8>>,
    /// Whether the caller has to be signed in.
    pub is_signed: bool,
    /// Whether it takes an `Idempotency-Key`.
    pub is_idempotent: bool,
    /// Whether it takes an `If-Match`.
    pub is_conditional: bool,
    /// An `Idempotency-Key` of one's own.
    pub key: Option<String>,
    /// The version that a record must still have.
    pub version: Option<i64>,
}

impl Call {
    /// The client with what is said of this call, and the call.
    pub(crate) fn prepared(self, client: &Client) -> Result<(Client, wishlist_client::Call), Error> {
        let method = Method::from_bytes(self.method.as_bytes()).map_err(|e| {
            Error::new(ErrorKind::Invalid, format!("`{}` is no method of HTTP", self.method)).caused_by(e)
        })?;
        let mut call = wishlist_client::Call::new(self.operation, method, &self.path);
        for (name, value) in self.query {
            call = call.query(name, Some(value));
        }
        if let Some(body) = self.body {
            call = call.json(body);
        }
        if self.is_signed {
            call = call.signed();
        }
        if self.is_idempotent {
            call = call.idempotent();
        }
        if self.is_conditional {
            call = call.conditional();
        }
        let mut client = client.clone();
        if let Some(key) = self.key {
            client = client.under_key(key);
        }
        if let Some(version) = self.version {
            client = client.if_version(version);
        }
        Ok((client, call))
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body may hold a password, a path a token.
        let Self { operation, method, .. } = self;
        formatter.debug_struct("Call").field("operation", operation).field("method", method).finish_non_exhaustive()
    }
}
