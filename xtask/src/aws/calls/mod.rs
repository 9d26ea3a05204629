//! What each role asks of AWS while everything runs, for its policy to allow that and nothing else: recorded by a proxy before
//! the emulator, and kept in `infra/src/generated/calls.json`.

mod call;
mod compare;
mod document;
mod record;
mod recorder;
mod recorders;
mod request;

pub(super) use compare::compare;
pub(super) use document::Document;
pub(crate) use document::FILE;
pub(crate) use record::run as record;
pub(super) use recorder::Replies;
pub(super) use recorders::Recorders;
