#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod call;
mod client;
mod error;
#[allow(
    clippy::doc_markdown,
    clippy::too_long_first_doc_paragraph,
    clippy::large_enum_variant,
    clippy::needless_update,
    reason = "words and shapes are the contract's; every stream over pages is written alike"
)]
mod generated;
mod network;
mod pages;
mod retry;
mod secret;
mod session;
mod tls;
mod transport;
mod words;

pub use builder::Builder;
pub use call::Call;
pub use client::Client;
pub use error::{Error, ErrorKind, Result};
pub use generated::{model, options};
pub use pages::{Page, Pages};
pub use secret::Secret;
pub use transport::{Channel, ChannelError};
