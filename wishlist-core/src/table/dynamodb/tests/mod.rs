//! The table over an emulator of DynamoDB, which `cargo xtask test aws` starts; and over what no emulator does.

mod answers;
mod conformance;
mod connector;
mod create;
mod emulator;
mod fates;
mod faults;
mod requests;

pub(crate) use emulator::Emulator;
