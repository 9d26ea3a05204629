//! The program's seams on AWS. Which table, queue and identity provider a role has is not decided here.

#![cfg_attr(not(test), expect(dead_code, reason = "no role takes its messages from SQS yet"))]

mod sqs_queue;
mod sqs_receiver;
#[cfg(test)]
mod tests;
mod trace_header;
