//! The provider on Cognito: against emulators, and against answers that no emulator gives.
//!
//! What each emulator cannot do, and what is therefore shown where, is in `docs/emulators.md`.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod answers;
mod keys;
mod moto;
mod pool;
mod refusals;
mod requests;
mod tokens;

// This emulator tells addresses apart by their case, whatever the pool says.

mod without_a_secret {
    use wishlist_identity::provider_conformance_tests;

    use crate::pool::{ClientSecret, Pool};

    provider_conformance_tests!(@case_sensitive Pool::open(ClientSecret::None).await);
}

mod with_a_secret {
    use wishlist_identity::provider_conformance_tests;

    use crate::pool::{ClientSecret, Pool};

    provider_conformance_tests!(@case_sensitive Pool::open(ClientSecret::Some).await);
}
