//! The leg that runs what is built for AWS against emulators of it, which it installs, starts and ends.

mod calls;
mod emulator;
mod emulators;
mod example;
mod run;

pub(crate) use calls::{FILE as CALLS, record as record_calls};
pub(crate) use emulators::Emulators;
use run::play;
pub(crate) use run::{CHOSEN, run};
