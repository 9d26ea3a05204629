//! An identity provider on a user pool of Amazon Cognito.
//!
//! Building the client, with its credentials, its retries and its time limits, is not done here; nor are tokens verified
//! here, which the [`Verifier`](crate::Verifier) does on the pool's published keys ([`HttpJwks`](crate::HttpJwks)).

mod account;
mod holding;
mod late_client;
mod provider;
mod refusal;
mod resetting;
mod secret_hash;
mod settings;
mod signing_in;
mod signing_up;

pub use provider::CognitoIdentity;
pub use settings::CognitoSettings;
