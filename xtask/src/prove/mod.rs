//! `cargo xtask prove`: each promise of the project under what the world will do to it, as one table that anybody can print again.

mod broken;
mod command;
mod contract;
mod inputs;
mod judged;
mod kept;
mod killed;
mod load;
mod mutants;
mod proofs;
mod row;
mod supply;
mod told;
mod world;

pub(crate) use command::{Arguments, quick};
pub(crate) use kept::FILE;
