//! SQS and DynamoDB as an emulator plays them, with pages behind them, and as they answer on bad days.

mod bad_days;
mod dying;
mod queue;
mod receiving;
mod sending;
mod wire;
mod world;
