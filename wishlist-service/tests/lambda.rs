//! The roles as functions: started by their handler, called through a Runtime API, over an emulator of AWS' services.
//! `cargo xtask test aws` starts that and runs these.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "lambda/deployment.rs"]
mod deployment;
#[path = "lambda/events.rs"]
mod events;
#[path = "lambda/function.rs"]
mod function;
#[path = "lambda/gateway.rs"]
mod gateway;
#[path = "lambda/runtime_api.rs"]
mod runtime_api;
#[path = "program/shop.rs"]
mod shop;
#[path = "lambda/starting.rs"]
mod starting;
#[path = "lambda/walking.rs"]
mod walking;
#[path = "lambda/working.rs"]
mod working;
