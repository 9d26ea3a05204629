//! What stands between the network and the handlers: who may read the answers in a browser, how often one caller may call and
//! how long calls may wait, what a caller can read and has already, and how an answer travels.
//!
//! A rule of one operation does not belong here: these hold for all of them, those that come later included.

mod acceptance;
mod admission;
mod client;
mod compression;
mod conditions;
mod cors;
mod headers;
mod origins;
mod overload;
mod rates;
mod rules;

pub(crate) use self::admission::{Admission, admit};
pub use self::client::subscriber;
pub(crate) use self::compression::{Encodings, compress};
pub(crate) use self::cors::{cors, share};
pub(crate) use self::headers::complete;
pub use self::origins::Origins;
pub use self::overload::Waiting;
pub use self::rules::{HttpRules, Transport, Unreadable};
