//! The leg that runs what is built for AWS against emulators of it, which it installs, starts and ends.

mod emulator;
mod run;

pub(crate) use run::run;
