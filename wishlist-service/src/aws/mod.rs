//! The program on AWS: the roles that are functions there, and the clients of its services.
//!
//! What a role does is not decided here: the router, the visitor and the sweeper are those of `serve`.

mod api;
mod clients;
mod connector;
mod create_table;
mod elsewhere;
mod emf;
mod function;
mod gateway;
mod ground;
mod late_preview;
mod roots;
mod sqs_queue;
mod sqs_receiver;
mod sweep;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use api::run as api;
pub(crate) use create_table::run as create_table;
pub(crate) use elsewhere::elsewhere;
pub(crate) use sweep::run as sweep;
pub(crate) use worker::run as worker;
