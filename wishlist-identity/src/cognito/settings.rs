//! Which pool, and as which of its clients.

use crate::secret::Secret;

/// Which pool, and as which of its clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CognitoSettings {
    /// The pool, as in `eu-central-1_AbCdEfGhI`.
    pub user_pool_id: String,
    /// The client of the pool.
    pub client_id: String,
    /// The client's secret, where it has one.
    pub client_secret: Option<Secret>,
}
