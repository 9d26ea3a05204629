//! SQS as an emulator plays it, with real pages behind it, and as it answers on bad days.

mod bad_days;
mod queue;
mod receiving;
mod world;
