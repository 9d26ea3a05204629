//! The program as its users meet it: started, used over HTTP, killed, started again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "program/client.rs"]
mod client;
#[path = "program/clients.rs"]
mod clients;
#[path = "program/commands.rs"]
mod commands;
#[path = "program/connections.rs"]
mod connections;
#[path = "program/durability.rs"]
mod durability;
#[path = "program/killing.rs"]
mod killing;
#[path = "program/leaving.rs"]
mod leaving;
#[cfg(target_os = "linux")]
#[path = "program/machine/mod.rs"]
mod machine;
#[path = "program/mailing.rs"]
mod mailing;
#[path = "program/observing.rs"]
mod observing;
#[path = "program/operations.rs"]
mod operations;
#[path = "program/person.rs"]
mod person;
#[path = "program/playing.rs"]
mod playing;
#[path = "program/running.rs"]
mod running;
#[path = "program/saying.rs"]
mod saying;
#[path = "program/scenario.rs"]
mod scenario;
#[path = "program/shop.rs"]
mod shop;
#[path = "program/starting.rs"]
mod starting;
#[path = "program/together.rs"]
mod together;
#[cfg(feature = "otel")]
#[path = "program/tracing.rs"]
mod tracing;
#[path = "program/writer.rs"]
mod writer;
