#![doc = include_str!("../README.md")]

mod account;
mod identity;
mod jwks;
pub mod local;
mod provider;
mod rejection;
mod secret;
mod token;
mod verifier;

pub use account::{Account, EmailAddress};
pub use identity::Identity;
pub use jwks::{FixedJwks, JwksSource};
pub use local::LocalProvider;
pub use provider::{Provider, Refreshed, SignUp, SignedIn, SignedUp, Tokens};
pub use rejection::Rejection;
pub use secret::Secret;
pub use token::{Algorithm, check_signature};
pub use verifier::{Issuer, Verifier};
