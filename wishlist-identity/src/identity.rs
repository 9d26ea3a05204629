//! Who a verified token speaks for.

use wishlist_core::clock::Timestamp;
use wishlist_core::ids::UserId;

/// The caller that an access token proves. It holds no address: access tokens carry none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The token's `sub`.
    pub user: UserId,
    /// From when on the token proves nothing more, less the verifier's leeway.
    pub expires_at: Timestamp,
}
