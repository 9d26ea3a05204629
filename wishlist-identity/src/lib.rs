#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod account;
#[cfg(feature = "cognito")]
pub mod cognito;
pub mod conformance;
mod fields;
mod identity;
mod jwks;
pub mod local;
mod mail;
mod policy;
mod provider;
mod refused;
mod rejection;
mod secret;
mod token;
mod verifier;

pub use account::{Account, EmailAddress};
#[cfg(feature = "cognito")]
pub use cognito::CognitoIdentity;
pub use identity::Identity;
#[cfg(feature = "http-keys")]
pub use jwks::HttpJwks;
pub use jwks::{FixedJwks, JwksSource};
pub use local::LocalProvider;
pub use mail::{LogMailer, Mail, Mailer, Message};
pub use policy::MIN_CHARACTERS as MIN_PASSWORD_CHARACTERS;
pub use provider::{IdentityExport, Provider, Refreshed, SessionExport, SignUp, SignedIn, SignedUp, Tokens};
pub use rejection::Rejection;
pub use secret::Secret;
pub use token::{Algorithm, check_signature};
pub use verifier::{Issuer, Verifier};
