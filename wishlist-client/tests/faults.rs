//! What a client makes of servers that fail, by one that answers as it is told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "faults/answering.rs"]
mod answering;
#[path = "faults/listing.rs"]
mod listing;
#[path = "faults/server.rs"]
mod server;
#[path = "faults/signing_in.rs"]
mod signing_in;
#[path = "faults/trusting.rs"]
mod trusting;
#[path = "faults/trying_again.rs"]
mod trying_again;
