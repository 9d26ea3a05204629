//! The program as its users meet it: started, used over HTTP, killed, started again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "program/commands.rs"]
mod commands;
#[path = "program/durability.rs"]
mod durability;
#[path = "program/person.rs"]
mod person;
#[path = "program/running.rs"]
mod running;
#[path = "program/shop.rs"]
mod shop;
#[path = "program/starting.rs"]
mod starting;
