//! The client of a pool, made when it is first used.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use aws_sdk_cognitoidentityprovider::Client;

type Made = LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>;

/// One client for all clones.
#[derive(Clone)]
pub(super) struct LateClient(Arc<Made>);

impl LateClient {
    pub(super) fn new(make: impl FnOnce() -> Client + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl Deref for LateClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0
    }
}

impl fmt::Debug for LateClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LateClient")
    }
}
