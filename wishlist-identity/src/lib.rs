#![doc = include_str!("../README.md")]

mod account;
mod identity;
mod jwks;
pub mod local;
mod mail;
mod provider;
mod rejection;
mod secret;
mod token;
mod verifier;

pub use account::{Account, EmailAddress};
pub use identity::Identity;
pub use jwks::{FixedJwks, JwksSource};
pub use local::LocalProvider;
pub use mail::{LogMailer, Mail, Mailer, Message};
pub use provider::{IdentityExport, Provider, Refreshed, SessionExport, SignUp, SignedIn, SignedUp, Tokens};
pub use rejection::Rejection;
pub use secret::Secret;
pub use token::{Algorithm, check_signature};
pub use verifier::{Issuer, Verifier};
