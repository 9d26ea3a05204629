//! What the local provider is told.

use std::time::Duration;

use super::passwords::HashingCost;

/// What the local provider is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalSettings {
    /// The `iss` of its tokens; by custom the URL that it is reached at.
    pub issuer: String,
    /// The `client_id` of its access tokens.
    pub client_id: String,
    /// What a password's hash costs.
    pub hashing: HashingCost,
    /// How a sign-up is confirmed.
    pub confirmation: Confirmation,
    /// How long a signing key signs. The next one is published a day before it takes over; a shorter life than that is
    /// lengthened to it.
    pub key_life: Duration,
}

impl LocalSettings {
    /// How long a signing key signs unless somebody says otherwise.
    pub const KEY_LIFE: Duration = Duration::from_hours(30 * 24);
}

/// How a sign-up is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// At once: anybody can take any address, and a sign-up tells whether an address is known. For a machine of one's own.
    AtOnce,
    /// By a code that is mailed to the address.
    ByCode,
}
